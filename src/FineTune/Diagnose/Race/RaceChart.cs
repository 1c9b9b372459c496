using System.Globalization;
using System.Text;
using FineTune.Experiment.Report;

namespace FineTune.Diagnose.Race;

/// <summary>The drawings of a race, as SVG text.</summary>
internal static class RaceChart
{
    /// <summary>Contour lines drawn.</summary>
    public const int Bands = 14;

    private const int Width = 1080, Height = 720, Left = 52, Right = 14, Top = 14, Bottom = 34;
    private const int LowHeight = 330;
    private const int Cells = 150; // of the contours' grid, along x
    private const double Deepest = 1e-3; // the lowest contour, of the start's loss; evenly spaced in the logarithm up to the highest
    private const double Bare = 1e-12; // of the start's loss: where the second drawing ends

    /// <summary>The trajectories over filled contours.</summary>
    public static string Plane(Surface surface, IReadOnlyList<Track> tracks)
    {
        var (low, high) = (surface.Low, surface.High);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg id=\"plane\" class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" "
            + $"aria-label=\"trajectories over contours\"><clipPath id=\"clip\">"
            + $"<rect x=\"{Left}\" y=\"{Top}\" width=\"{Width - Left - Right}\" height=\"{Height - Top - Bottom}\"/></clipPath>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"b0\" x=\"{Left}\" y=\"{Top}\" width=\"{Width - Left - Right}\" "
            + $"height=\"{Height - Top - Bottom}\"/>");
        var contours = new Contours(surface.Gap, low, high, Cells);
        var (bottom, top) = (Deepest * surface.Gap(surface.Start), contours.Highest);
        for (var k = 1; k <= Bands; k++)
        {
            var outlines = contours.Below(top * Math.Pow(bottom / top, (double)k / Bands));
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"band b{k}\" "
                + $"d=\"{string.Concat(outlines.Select(o => $"M{Text(o.Select(Place))}Z"))}\"/>");
        }

        foreach (var x in Ticks.Between(low.X, high.X, 8))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"tick middle\" x=\"{Place(new(x, 0)).X:0.0}\" y=\"{Height - 12}\">"
                + $"{Ticks.Text(x)}</text>");
        }
        foreach (var y in Ticks.Between(low.Y, high.Y, 6))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"tick end\" x=\"{Left - 8}\" y=\"{Place(new(0, y)).Y + 4:0.0}\">"
                + $"{Ticks.Text(y)}</text>");
        }
        svg.Append("<g clip-path=\"url(#clip)\">");
        for (var k = 0; k < tracks.Count; k++)
        {
            var points = tracks[k].Points.Where(p => p.IsFinite).Select(p => Place(Near(p, low, high))).ToArray();
            svg.Append(CultureInfo.InvariantCulture, $"<g class=\"track {RacePage.Color(k)}\" data-k=\"{k}\">"
                + $"<polyline class=\"halo\" points=\"{Text(points)}\"/><polyline points=\"{Text(points)}\"/>"
                + $"<circle cx=\"{points[^1].X:0.0}\" cy=\"{points[^1].Y:0.0}\" r=\"6\"/></g>");
        }

        svg.Append("</g>");
        foreach (var m in surface.Minima.Select(Place))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<g class=\"mark\">"
                + $"<path d=\"M{m.X - 7:0.0},{m.Y:0.0}h14M{m.X:0.0},{m.Y - 7:0.0}v14\"/>"
                + $"<text x=\"{m.X + 10:0.0}\" y=\"{m.Y + 18:0.0}\">minimum</text></g>");
        }
        var start = Place(surface.Start);
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"mark\"><circle cx=\"{start.X:0.0}\" cy=\"{start.Y:0.0}\" r=\"6\"/>"
            + $"<text class=\"end\" x=\"{start.X - 10:0.0}\" y=\"{start.Y - 10:0.0}\">start</text></g>");
        return svg.Append("</svg>").ToString();

        Point Place(Point p) => new(
            Left + ((p.X - low.X) / (high.X - low.X) * (Width - Left - Right)),
            Height - Bottom - ((p.Y - low.Y) / (high.Y - low.Y) * (Height - Top - Bottom)));
    }

    /// <summary>The loss above the minimum by step, on a logarithmic axis.</summary>
    public static string Gaps(IReadOnlyList<Track> tracks)
    {
        var begin = tracks[0].Surface.Gap(tracks[0].Points[0]);
        var all = tracks.Select(t => t.Points.Select(p => Math.Log10(Math.Clamp(
            t.Surface.Gap(p) is var gap && double.IsFinite(gap) ? gap : double.MaxValue, begin * Bare, begin * 1e3))).ToArray()).ToArray();
        var (low, high) = (Math.Floor(all.Min(g => g.Min())), Math.Ceiling(all.Max(g => g.Max()) + 1e-9));
        var last = Math.Max(1, all.Max(g => g.Length) - 1);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg id=\"gaps\" class=\"chart\" viewBox=\"0 0 {Width} {LowHeight}\" role=\"img\" "
            + $"aria-label=\"loss above the minimum by step\">");
        foreach (var y in Ticks.Between(low, high, 6).Where(y => y == Math.Round(y)))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" "
                + $"y1=\"{Place(0, y).Y:0.0}\" y2=\"{Place(0, y).Y:0.0}\"/><text class=\"tick end\" x=\"{Left - 8}\" "
                + $"y=\"{Place(0, y).Y + 4:0.0}\">1e{y:0}</text>");
        }
        foreach (var x in Ticks.Between(0, last, 8))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"tick middle\" x=\"{Place(x, 0).X:0.0}\" y=\"{LowHeight - 12}\">"
                + $"{Ticks.Text(x)}</text>");
        }
        svg.Append(CultureInfo.InvariantCulture, $"<line id=\"cursor\" class=\"cursor\" x1=\"{Width - Right}\" x2=\"{Width - Right}\" "
            + $"y1=\"{Top}\" y2=\"{LowHeight - Bottom}\" data-left=\"{Left}\" data-right=\"{Width - Right}\"/>");
        for (var k = 0; k < all.Length; k++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<g class=\"track {RacePage.Color(k)}\" data-k=\"{k}\">"
                + $"<polyline points=\"{Text(all[k].Select((y, x) => Place(x, y)))}\"/></g>");
        }
        return svg.Append("</svg>").ToString();

        Point Place(double x, double y) => new(
            Left + (x / last * (Width - Left - Right)),
            LowHeight - Bottom - ((y - low) / (high - low) * (LowHeight - Top - Bottom)));
    }

    private static string Text(IEnumerable<Point> points) =>
        string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.#},{p.Y:0.#}")));

    /// <summary>A point far outside, drawn in as browsers lose precision with it; inside, itself.</summary>
    private static Point Near(Point p, Point low, Point high)
    {
        var (centre, size) = (0.5 * (low + high), 20 * (high - low).Length);
        var away = (p - centre).Length;
        return away <= size ? p : centre + (size / away * (p - centre));
    }
}
