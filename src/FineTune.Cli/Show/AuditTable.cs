using FineTune.Train;

namespace FineTune.Cli.Show;

/// <summary>The freeze audit's table.</summary>
internal static class AuditTable
{
    /// <summary>A line a group, under a line of titles.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<AuditRow> audit)
    {
        string[][] rows =
        [
            ["group", "stages", "parameters", "lr", "decay", "batch norm"],
            .. audit.Select(r => new[]
            {
                r.Group,
                r.Stages.Count > 2 ? $"{r.Stages[0]} .. {r.Stages[^1]}" : string.Join(", ", r.Stages),
                Format.Count(r.Count),
                r.Lr > 0 ? Format.Number(r.Lr, "0.#######") : "0 (frozen)",
                Format.Number(r.WeightDecay, "0.#######"),
                r.BatchNorm,
            }),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(k => rows.Max(r => r[k].Length)).ToArray();
        return rows.Select(r => string.Join("  ", r.Select((cell, k) => cell.PadRight(widths[k]))).TrimEnd());
    }
}
