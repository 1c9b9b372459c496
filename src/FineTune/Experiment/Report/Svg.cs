using System.Globalization;
using System.Text;

namespace FineTune.Experiment.Report;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Color">Which colour of <see cref="Palette"/>.</param>
/// <param name="Points">x and y, in order of x.</param>
internal sealed record Curve(string Name, int Color, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Charts as SVG text, without scripts or fonts from elsewhere.</summary>
internal static class Svg
{
    private const int Width = 440, Height = 240, Left = 52, Right = 14, Top = 34, Bottom = 34;
    private const int Dashes = 6; // kinds of line beside colours

    /// <summary>
    /// Lines over a common x axis, each with its colour and its dashes. A line of one point is a dot; what is not finite is left out.
    /// </summary>
    /// <param name="title">What the lines are.</param>
    /// <param name="xTitle">What the axis is.</param>
    /// <param name="curves">The lines; those of several charts of a page in the same order.</param>
    /// <param name="legend">Whether the names stand in the chart; else <see cref="Legend"/> is beside it.</param>
    public static string Lines(string title, string xTitle, IReadOnlyList<Curve> curves, bool legend = true)
    {
        curves = [.. curves.Select(c => c with { Points = [.. c.Points.Where(p => double.IsFinite(p.Y))] }).Where(c => c.Points.Count > 0)];
        if (curves.Count == 0)
            return string.Empty;
        var points = curves.SelectMany(c => c.Points).ToArray();
        var (x0, x1) = Spread(points.Min(p => p.X), points.Max(p => p.X));
        var (y0, y1) = Spread(points.Min(p => p.Y), points.Max(p => p.Y));
        double X(double x) => Left + ((x - x0) / (x1 - x0) * (Width - Left - Right));
        double Y(double y) => Height - Bottom - ((y - y0) / (y1 - y0) * (Height - Top - Bottom));

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Html.Escape(Summary(title, xTitle, curves))}\"><text x=\"{Left}\" y=\"19\" class=\"title\">{Html.Escape(title)}</text>");
        foreach (var y in Ticks.Between(y0, y1, 4))
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(y):0.0}\" y2=\"{Y(y):0.0}\" class=\"grid\"/><text x=\"{Left - 7}\" y=\"{Y(y) + 4:0.0}\" class=\"tick end\">{Ticks.Text(y)}</text>");
        foreach (var x in Ticks.Between(x0, x1, 6).Where(x => x == Math.Round(x) && X(x) < Width - Right - 76))
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(x):0.0}\" y=\"{Height - 12}\" class=\"tick middle\">{x:0}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right}\" y=\"{Height - 12}\" class=\"tick end\">{x1:0} {Html.Escape(xTitle)}</text>");
        var right = Width - Right;
        for (var k = curves.Count - 1; k >= 0; k--)
        {
            var (curve, dash) = (curves[k], k % Dashes);
            var line = string.Join(' ', curve.Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):0.0},{Y(p.Y):0.0}")));
            var (x, y) = curve.Points[^1];
            var shape = curve.Points.Count > 1
                ? string.Create(CultureInfo.InvariantCulture, $"<polyline class=\"line d{dash}\" points=\"{line}\"/>")
                : string.Create(CultureInfo.InvariantCulture, $"<circle class=\"dot\" cx=\"{X(x):0.0}\" cy=\"{Y(y):0.0}\" r=\"4\"/>");
            var key = string.Empty;
            if (legend && curves.Count > 1)
            {
                var width = 7 * curve.Name.Length;
                key = string.Create(CultureInfo.InvariantCulture, $"<line class=\"line d{dash}\" x1=\"{right - width - 24}\" x2=\"{right - width - 4}\" y1=\"15\" y2=\"15\"/><text x=\"{right}\" y=\"19\" class=\"key end\">{Html.Escape(curve.Name)}</text>");
                right -= width + 34;
            }

            svg.Append(CultureInfo.InvariantCulture, $"<g class=\"c{curve.Color}\">{shape}{key}</g>");
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>The legend of charts of many lines: a sample of each with its name.</summary>
    public static string Legend(IReadOnlyList<Curve> curves)
    {
        var items = curves.Select((c, k) => string.Create(CultureInfo.InvariantCulture, $"<li class=\"c{c.Color}\"><svg width=\"34\" height=\"10\" aria-hidden=\"true\"><line class=\"line d{k % Dashes}\" x1=\"0\" x2=\"32\" y1=\"5\" y2=\"5\"/></svg> {Html.Name(c.Name)}</li>"));
        return $"<ul class=\"legend\">{string.Concat(items)}</ul>";
    }

    /// <summary>What a chart shows, for those who do not see it: where each line begins and ends.</summary>
    private static string Summary(string title, string xTitle, IReadOnlyList<Curve> curves) =>
        $"{title} by {xTitle}: {string.Join("; ", curves.Select(c => FormattableString.Invariant($"{ShortText.Of(c.Name)} from {c.Points[0].Y:0.####} to {c.Points[^1].Y:0.####}")))}";

    private static (double Low, double High) Spread(double low, double high) => high > low ? (low, high) : (low - 0.5, high + 0.5);
}
