using System.Globalization;
using System.Text;
using FineTune.Experiment.Report;

namespace FineTune.Diagnose.Race;

/// <summary>The race as one page that stands alone: trajectories over contours, the loss by step, and a table that is the legend.</summary>
public static class RacePage
{
    /// <summary>The page's text.</summary>
    /// <param name="surface">Where they raced.</param>
    /// <param name="tracks">What <see cref="OptimizerRace"/> gave.</param>
    public static string Render(Surface surface, IReadOnlyList<Track> tracks)
    {
        var steps = tracks.Max(t => t.Points.Count) - 1;
        var body = new StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $"<h1>{surface.Name}</h1><div class=\"muted\">f(x, y) = {surface.Formula}"
            + $"{(surface.Noise > 0 ? FormattableString.Invariant($", gradient with noise of {surface.Noise}") : string.Empty)}; "
            + $"{steps} steps from ({Ticks.Text(surface.Start.X)}, {Ticks.Text(surface.Start.Y)})</div>");
        body.Append(CultureInfo.InvariantCulture, $"<div class=\"controls\"><button id=\"play\" type=\"button\">Pause</button>"
            + $"<input id=\"time\" type=\"range\" min=\"0\" max=\"{steps}\" step=\"any\" value=\"{steps}\" aria-label=\"step\">"
            + $"<output id=\"now\">step {steps}</output></div>");
        body.Append(RaceChart.Plane(surface, tracks));
        body.Append("<h2>Results</h2><div class=\"card scroll\">").Append(Table(tracks)).Append("</div>");
        body.Append("<h2>Loss above the minimum</h2>").Append(RaceChart.Gaps(tracks));
        body.Append(CultureInfo.InvariantCulture, $"<p class=\"muted\">Arrived: the loss above the minimum is at most "
            + $"{tracks[0].Tolerance:0.######} of the start's. Crossings: how often the coordinate along the steepest direction changed "
            + $"its sign. Overshoot: how far beyond the minimum along the flattest direction, in parts of the way. Click a rule to hide "
            + $"it, point at it to see it alone.</p>");
        body.Append("<script>\n").Append(RaceScript.Text).Append("</script>");
        return Html.Page(
            $"{surface.Name}: {string.Join(", ", tracks.Select(t => t.Name))}", body.ToString(), RaceScript.Style + Bands(), script: true);
    }

    /// <summary>The class of a track's colour.</summary>
    internal static string Color(int track) =>
        FormattableString.Invariant($"c{track % Palette.Count}{(track >= Palette.Count ? " again" : string.Empty)}");

    private static string Table(IReadOnlyList<Track> tracks)
    {
        var html = new StringBuilder("<table class=\"legend\"><tr><th class=\"name\">optimizer</th><th>lr</th><th class=\"name\">outcome"
            + "</th><th>steps to tolerance</th><th>loss above minimum</th><th>crossings</th><th>overshoot</th><th>first step</th>"
            + "<th>last step</th></tr>");
        foreach (var (t, k) in tracks.Select((t, k) => (t, k)))
        {
            var steps = t.StepLengths.DefaultIfEmpty().ToArray();
            html.Append(CultureInfo.InvariantCulture, $"<tr data-k=\"{k}\"><td class=\"name\"><button type=\"button\" class=\"{Color(k)}\" "
                + $"aria-pressed=\"true\"><i></i>{Html.Escape(t.Name)}</button></td><td>{t.Lr:G3}</td>"
                + $"<td class=\"name\">{t.Outcome.ToString().ToLowerInvariant()}</td>"
                + $"<td>{(t.StepsToTolerance is { } n ? n.ToString(CultureInfo.InvariantCulture) : "–")}</td><td>{t.Gap:0.0e0}</td>"
                + $"<td>{t.Crossings}</td><td>{100 * t.Overshoot:0}%</td><td>{steps[0]:0.0e0}</td><td>{steps[^1]:0.0e0}</td></tr>");
        }

        return html.Append("</table>").ToString();
    }

    /// <summary>Fills of the contour bands: the deeper, the stronger.</summary>
    private static string Bands()
    {
        var css = new StringBuilder();
        foreach (var (open, high, low, close) in new[]
        {
            (string.Empty, (247, 249, 250), (118, 152, 182), string.Empty),
            ("@media (prefers-color-scheme: dark) { ", (20, 27, 32), (62, 100, 130), " }"),
        })
        {
            css.Append(open);
            for (var k = 0; k <= RaceChart.Bands; k++)
            {
                var part = (double)k / RaceChart.Bands;
                css.Append(CultureInfo.InvariantCulture, $".b{k} {{ fill: rgb({Mix(high.Item1, low.Item1)}, {Mix(high.Item2, low.Item2)}, "
                    + $"{Mix(high.Item3, low.Item3)}) }} ");

                int Mix(int a, int b) => (int)Math.Round(a + (part * (b - a)));
            }

            css.Append(close).Append('\n');
        }

        return css.ToString();
    }
}
