using System.Globalization;
using System.Text;

namespace FineTune.Experiment.Report;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Color">Its colour, as CSS writes it.</param>
/// <param name="Points">x and y, in order of x.</param>
internal sealed record Curve(string Name, string Color, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Charts as SVG text, without scripts or fonts from elsewhere.</summary>
internal static class Svg
{
    private const int Width = 560, Height = 240, Left = 52, Right = 12, Top = 28, Bottom = 30;

    /// <summary>Lines over a common x axis.</summary>
    public static string Lines(string title, string xTitle, IReadOnlyList<Curve> curves, string format)
    {
        var points = curves.SelectMany(c => c.Points).ToArray();
        if (points.Length == 0)
            return string.Empty;
        var (x0, x1) = Spread(points.Min(p => p.X), points.Max(p => p.X));
        var (y0, y1) = Spread(points.Min(p => p.Y), points.Max(p => p.Y));
        double X(double x) => Left + ((x - x0) / (x1 - x0) * (Width - Left - Right));
        double Y(double y) => Height - Bottom - ((y - y0) / (y1 - y0) * (Height - Top - Bottom));

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Html.Escape(title)}\"><text x=\"{Left}\" y=\"16\" class=\"title\">{Html.Escape(title)}</text>");
        for (var k = 0; k <= 4; k++)
        {
            var y = y0 + ((y1 - y0) * k / 4);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(y):0.0}\" y2=\"{Y(y):0.0}\" class=\"grid\"/><text x=\"{Left - 6}\" y=\"{Y(y) + 4:0.0}\" class=\"tick end\">{y.ToString(format, CultureInfo.InvariantCulture)}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"{Height - 10}\" class=\"tick\">{x0:0}</text><text x=\"{Width - Right}\" y=\"{Height - 10}\" class=\"tick end\">{x1:0} {Html.Escape(xTitle)}</text>");
        var legend = Width - Right;
        foreach (var curve in curves.Where(c => c.Points.Count > 0).Reverse())
        {
            var line = string.Join(' ', curve.Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):0.0},{Y(p.Y):0.0}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{line}\" fill=\"none\" stroke=\"{curve.Color}\" stroke-width=\"2\"/><text x=\"{legend}\" y=\"16\" class=\"tick end\" fill=\"{curve.Color}\">{Html.Escape(curve.Name)}</text>");
            legend -= 12 + (7 * curve.Name.Length);
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>The confusion matrix: a row a true class, a column a predicted one, darker where there are more.</summary>
    public static string Confusion(IReadOnlyList<string> classes, int[,] counts)
    {
        var table = new StringBuilder("<table class=\"confusion\"><tr><th>true \\ predicted</th>");
        foreach (var c in classes)
            table.Append(CultureInfo.InvariantCulture, $"<th>{Html.Escape(c)}</th>");
        table.Append("<th>right</th></tr>");
        for (var i = 0; i < classes.Count; i++)
        {
            var row = Enumerable.Range(0, classes.Count).Sum(j => counts[i, j]);
            table.Append(CultureInfo.InvariantCulture, $"<tr><th>{Html.Escape(classes[i])}</th>");
            for (var j = 0; j < classes.Count; j++)
            {
                var share = row == 0 ? 0 : (double)counts[i, j] / row;
                var color = i == j ? "46, 125, 80" : "198, 70, 52";
                table.Append(CultureInfo.InvariantCulture, $"<td style=\"background: rgba({color}, {share:0.00})\">{counts[i, j]}</td>");
            }

            table.Append(CultureInfo.InvariantCulture, $"<td>{(row == 0 ? 0 : 100.0 * counts[i, i] / row):0}%</td></tr>");
        }

        return table.Append("</table>").ToString();
    }

    private static (double Low, double High) Spread(double low, double high) => high > low ? (low, high) : (low - 0.5, high + 0.5);
}
