using FineTune.Experiment.Report;

namespace FineTune.Experiment.Sweeps.Page;

/// <summary>What a key does: the score of every configuration by the key's value, and the mean of those with the same.</summary>
internal static class EffectChart
{
    private const int Width = 440, Height = 260, Left = 52, Right = 426, Top = 34, Bottom = 216;
    private const int TitleHeight = 19, TickHeight = 232, AxisHeight = 250;
    private const int Inset = 14; // of the first and last value
    private const int MostMeans = 24; // values of a key; of more, each is a configuration's own
    private const double Room = 0.06; // above and below the scores, as a part of their range

    /// <summary>The chart of a key.</summary>
    /// <param name="table">The configurations.</param>
    /// <param name="key">The key.</param>
    /// <param name="by">Another key, each value of which has a line of its own; null: one line for all.</param>
    public static string Of(SweepTable table, string key, string? by)
    {
        var rows = table.Rows.Where(r => r.Values.ContainsKey(key)).ToArray();
        var (low, high) = (rows.Min(r => r.Score), rows.Max(r => r.Score));
        var room = high > low ? Room * (high - low) : 0.5;
        var (axis, y0, y1) = (Axis.Of(table, key), low - room, high + room);
        double X(double at) => Left + Inset + (at * (Right - Left - (2 * Inset)));
        double Y(double score) => Bottom - ((score - y0) / (y1 - y0) * (Bottom - Top));

        var title = $"{table.Score} by {key}";
        var drawing = new Drawing(Width, Height, Summary(table, key, rows)).Text(Left, TitleHeight, "title", title);
        foreach (var y in Ticks.Between(y0, y1, 6))
            drawing.Line("grid", Left, Y(y), Right, Y(y)).Text(Left - 7, Y(y) + 4, "tick end", Ticks.Text(y));
        foreach (var (at, text) in axis.Ticks)
            drawing.Text(X(at), TickHeight, "tick middle", text.Length > 12 ? text[..11] + "…" : text);
        drawing.Text(Right, AxisHeight, "tick end", key);
        foreach (var (group, color) in Groups(table, rows, by))
        {
            drawing.Begin(Html.Text($"c{color}"));
            var means = group.GroupBy(r => axis.At(r.Values[key])).OrderBy(g => g.Key)
                .Select(g => (X(g.Key), Y(g.Average(r => r.Score)))).ToArray();
            if (means.Length is > 1 and <= MostMeans)
                drawing.Polyline(Html.Text($"line d{color % 6}"), means);
            foreach (var row in group)
                drawing.Dot("dot", X(axis.At(row.Values[key])), Y(row.Score), 3.5);
            drawing.End();
        }

        return drawing.ToString();
    }

    /// <summary>A legend of the lines, where there are several.</summary>
    public static string Legend(SweepTable table, string? by) => by is null ? string.Empty : Svg.Legend(
        [.. table.Values(by).Select((value, k) => new Curve($"{by} {SweepTable.Short(value)}", k, []))]);

    /// <summary>The key whose values have lines of their own: the first with names for values, and few of them.</summary>
    public static string? By(SweepTable table) =>
        table.Keys.FirstOrDefault(k => !table.IsNumeric(k) && table.Values(k).Count is > 1 && table.Values(k).Count <= Palette.Count);

    private static IEnumerable<(SweepCells[] Rows, int Color)> Groups(SweepTable table, SweepCells[] rows, string? by)
    {
        if (by is null)
            return [(rows, 0)];
        var names = table.Values(by).Select(OptionReader.Text).ToList();
        return rows.Where(r => r.Values.ContainsKey(by)).GroupBy(r => names.IndexOf(OptionReader.Text(r.Values[by])))
            .OrderBy(g => g.Key).Select(g => (g.ToArray(), g.Key));
    }

    /// <summary>What it shows, for those who do not see it.</summary>
    private static string Summary(SweepTable table, string key, SweepCells[] rows)
    {
        var means = table.Values(key).Take(MostMeans).Select(v => (
            Value: SweepTable.Short(v),
            Mean: rows.Where(r => OptionReader.Text(r.Values[key]) == OptionReader.Text(v)).Average(r => r.Score)));
        return $"{table.Score} by {key}, means: {string.Join("; ", means.Select(m => Html.Text($"{m.Value}: {m.Mean:0.##}")))}";
    }
}
