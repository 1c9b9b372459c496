namespace FineTune.Experiment.Report;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Color">Which colour of <see cref="Palette"/>.</param>
/// <param name="Points">x and y, in order of x.</param>
internal sealed record Curve(string Name, int Color, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Charts of lines, without scripts or fonts from elsewhere.</summary>
internal static class Svg
{
    private const int Width = 440, Height = 240, Left = 52, Right = 426, Top = 34, Bottom = 206;
    private const int TitleHeight = 19, AxisHeight = 228;
    private const int RoomForAxisTitle = 76, LetterWidth = 8;
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
        curves =
        [
            .. curves.Select(c => c with { Points = [.. c.Points.Where(p => double.IsFinite(p.Y))] }).Where(c => c.Points.Count > 0),
        ];
        if (curves.Count == 0)
            return string.Empty;
        var points = curves.SelectMany(c => c.Points).ToArray();
        var (x0, x1) = Spread(points.Min(p => p.X), points.Max(p => p.X));
        var (y0, y1) = Spread(points.Min(p => p.Y), points.Max(p => p.Y));
        double X(double x) => Left + ((x - x0) / (x1 - x0) * (Right - Left));
        double Y(double y) => Bottom - ((y - y0) / (y1 - y0) * (Bottom - Top));

        var drawing = new Drawing(Width, Height, Summary(title, xTitle, curves)).Text(Left, TitleHeight, "title", title);
        foreach (var y in Ticks.Between(y0, y1, 4))
            drawing.Line("grid", Left, Y(y), Right, Y(y)).Text(Left - 7, Y(y) + 4, "tick end", Ticks.Text(y));
        foreach (var x in Ticks.Between(x0, x1, 6).Where(x => x == Math.Round(x) && X(x) < Right - RoomForAxisTitle))
            drawing.Text(X(x), AxisHeight, "tick middle", Ticks.Text(x));
        drawing.Text(Right, AxisHeight, "tick end", Html.Text($"{x1:0} {xTitle}"));
        var right = Right; // of the next name in the legend
        for (var k = curves.Count - 1; k >= 0; k--)
        {
            var (curve, css) = (curves[k], Dash(k));
            drawing.Begin(Html.Text($"c{curve.Color}"));
            if (curve.Points.Count > 1)
                drawing.Polyline(css, curve.Points.Select(p => (X(p.X), Y(p.Y))));
            else
                drawing.Dot("dot", X(curve.Points[0].X), Y(curve.Points[0].Y), 4);
            if (legend && curves.Count > 1)
            {
                var left = right - (LetterWidth * curve.Name.Length);
                drawing.Line(css, left - 24, 15, left - 4, 15).Text(right, TitleHeight, "key end", curve.Name);
                right = left - 34;
            }

            drawing.End();
        }

        return drawing.ToString();
    }

    /// <summary>The legend of charts of many lines: a sample of each with its name.</summary>
    public static string Legend(IReadOnlyList<Curve> curves)
    {
        static string Item(Curve curve, int k) => Html.Text($"<li class=\"c{curve.Color}\">")
            + $"<svg width=\"34\" height=\"10\" aria-hidden=\"true\"><line class=\"{Dash(k)}\" x1=\"0\" x2=\"32\" y1=\"5\" y2=\"5\"/>"
            + $"</svg> {Html.Name(curve.Name)}</li>";
        return $"<ul class=\"legend\">{string.Concat(curves.Select(Item))}</ul>";
    }

    private static string Dash(int curve) => Html.Text($"line d{curve % Dashes}");

    /// <summary>What a chart shows, for those who do not see it: where each line begins and ends.</summary>
    private static string Summary(string title, string xTitle, IReadOnlyList<Curve> curves)
    {
        static string Ends(Curve c) => Html.Text($"{ShortText.Of(c.Name)} from {c.Points[0].Y:0.####} to {c.Points[^1].Y:0.####}");
        return $"{title} by {xTitle}: {string.Join("; ", curves.Select(Ends))}";
    }

    private static (double Low, double High) Spread(double low, double high) => high > low ? (low, high) : (low - 0.5, high + 0.5);
}
