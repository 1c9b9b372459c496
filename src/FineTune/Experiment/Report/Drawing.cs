using System.Globalization;
using System.Text;

namespace FineTune.Experiment.Report;

/// <summary>An SVG picture as text, shape by shape. Places are in its own pixels, from the upper left.</summary>
internal sealed class Drawing
{
    private readonly StringBuilder _svg = new();

    /// <summary>An empty picture.</summary>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    /// <param name="says">What it shows, for those who do not see it.</param>
    /// <param name="css">A class of its own; empty: none.</param>
    public Drawing(int width, int height, string says, string css = "")
    {
        _svg.Append($"<svg class=\"chart{(css.Length > 0 ? " " : string.Empty)}{css}\" viewBox=\"0 0 {Whole(width)} {Whole(height)}\" ");
        _svg.Append($"role=\"img\" aria-label=\"{Html.Escape(says)}\">");
    }

    /// <summary>A text, escaped here.</summary>
    public Drawing Text(double x, double y, string css, string text) =>
        Add($"<text x=\"{Number(x)}\" y=\"{Number(y)}\" class=\"{css}\">{Html.Escape(text)}</text>");

    /// <summary>A straight line.</summary>
    public Drawing Line(string css, double x1, double y1, double x2, double y2) =>
        Add($"<line class=\"{css}\" x1=\"{Number(x1)}\" x2=\"{Number(x2)}\" y1=\"{Number(y1)}\" y2=\"{Number(y2)}\"/>");

    /// <summary>A line through points.</summary>
    public Drawing Polyline(string css, IEnumerable<(double X, double Y)> points) =>
        Add($"<polyline class=\"{css}\" points=\"{string.Join(' ', points.Select(p => $"{Number(p.X)},{Number(p.Y)}"))}\"/>");

    /// <summary>A disc.</summary>
    public Drawing Dot(string css, double x, double y, double radius) =>
        Add($"<circle class=\"{css}\" cx=\"{Number(x)}\" cy=\"{Number(y)}\" r=\"{Number(radius)}\"/>");

    /// <summary>A filled rectangle.</summary>
    public Drawing Bar(string css, double x, double y, double width, double height) =>
        Add($"<rect class=\"{css}\" x=\"{Number(x)}\" y=\"{Number(y)}\" width=\"{Number(width)}\" height=\"{Number(height)}\"/>");

    /// <summary>A filled diamond.</summary>
    public Drawing Diamond(string css, double x, double y, double radius)
    {
        var r = Number(radius);
        return Add($"<path class=\"{css}\" d=\"M{Number(x)} {Number(y - radius)}l{r} {r}-{r} {r}-{r}-{r}Z\"/>");
    }

    /// <summary>What follows has a class, up to <see cref="End"/>.</summary>
    public Drawing Begin(string css) => Add($"<g class=\"{css}\">");

    /// <summary>The end of what has a class.</summary>
    public Drawing End() => Add("</g>");

    /// <summary>The picture as HTML.</summary>
    public override string ToString() => $"{_svg}</svg>";

    private Drawing Add(string shape)
    {
        _svg.Append(shape);
        return this;
    }

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
