using FineTune.Experiment.Report;

namespace FineTune.Experiment.Sweeps.Page;

/// <summary>Every configuration as a line through its values of all keys to its score (Inselberg 1985).</summary>
internal static class ParallelCoordinates
{
    private const int Width = 900, Height = 320, Left = 70, Right = 830, Top = 58, Bottom = 286;
    private const int TitleHeight = 19, KeyHeight = 38;
    private const int Quarters = 4;

    /// <summary>The chart; empty where fewer than two keys vary.</summary>
    public static string Of(SweepTable table)
    {
        string[] keys = [.. table.Keys.Where(k => table.Values(k).Count > 1)];
        if (keys.Length < 2)
            return string.Empty;
        var axes = keys.Select(k => Axis.Of(table, k)).ToArray();
        var (low, high) = (table.Rows.Min(r => r.Score), table.Rows.Max(r => r.Score));
        double X(int axis) => Left + ((double)axis / keys.Length * (Right - Left));
        static double Y(double at) => Bottom - (at * (Bottom - Top));
        double Score(double score) => high > low ? (score - low) / (high - low) : 0.5;

        var says = $"{table.Rows.Count} configurations over {string.Join(", ", keys)}; the table has their values";
        var drawing = new Drawing(Width, Height, says, "wide").Text(
                Left, TitleHeight, "title", $"configurations; the best quarter by {table.Score} is drawn strong");
        foreach (var (axis, k) in axes.Select((a, k) => (a, k)))
        {
            drawing.Line("grid", X(k), Top, X(k), Bottom).Text(X(k), KeyHeight, "tick middle", keys[k]);
            foreach (var (at, text) in axis.Ticks)
                drawing.Text(X(k) - 5, Y(at) + 4, "tick end", text.Length > 10 ? text[..9] + "…" : text);
        }

        drawing.Line("grid", X(keys.Length), Top, X(keys.Length), Bottom).Text(X(keys.Length), KeyHeight, "tick middle", table.Score);
        foreach (var tick in Ticks.Between(low, high > low ? high : low + 1, 4).Where(t => t <= high))
            drawing.Text(X(keys.Length) + 5, Y(Score(tick)) + 4, "tick", Ticks.Text(tick));
        var best = (int)Math.Ceiling((double)table.Rows.Count / Quarters);
        foreach (var (row, rank) in table.Rows.Select((r, k) => (r, k)).Reverse()) // the best on top
        {
            var points = keys.Select((k, axis) => (k, axis)).Where(p => row.Values.ContainsKey(p.k))
                .Select(p => (X(p.axis), Y(axes[p.axis].At(row.Values[p.k])))).Append((X(keys.Length), Y(Score(row.Score))));
            drawing.Begin(rank == 0 ? "c1" : "c0").Polyline(rank < best ? "line" : "line faint", points).End();
        }

        return drawing.ToString();
    }
}
