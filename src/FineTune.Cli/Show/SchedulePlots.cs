using System.Text.Json.Nodes;
using FineTune.Optimize.Schedules;

namespace FineTune.Cli.Show;

/// <summary>Every schedule as a small chart.</summary>
internal static class SchedulePlots
{
    private const int Width = 60, Height = 5;
    private static readonly Horizon Shown = new(Steps: 100, StepsPerEpoch: 10, SamplesPerStep: 32);

    public static int Draw(Ui ui)
    {
        Draw(ui, "warmup", "before any schedule; here 2 epochs, then cosine", new NamedSpec("cosine").With("warmup", "2 epochs"));
        foreach (var entry in ScheduleTable.Table)
            Draw(ui, entry.Name, entry.Summary, entry.Example);
        return Exit.Done;
    }

    private static void Draw(Ui ui, string name, string summary, NamedSpec example)
    {
        var points = ScheduleTable.Create(example, Shown).Sample(Shown);
        ui.ResultJson(new JsonObject
        {
            ["name"] = name,
            ["schedule"] = example.ToString(),
            ["lr"] = new JsonArray([.. points.Select(p => (JsonNode?)p.Factor)]),
            ["momentum"] = points[0].Momentum is null ? null : new JsonArray([.. points.Select(p => (JsonNode?)p.Momentum)]),
        });
        ui.Result($"{name}: {summary}");
        var top = Math.Max(1, points.Max(p => p.Factor));
        foreach (var line in Chart.Lines(
            [.. points.Select((p, k) => ((double)k, p.Factor))], Width, Height, 0, top, ("step 0", $"{Shown.Steps - 1}")))
        {
            ui.Result(line);
        }
        if (points[0].Momentum is not null)
        {
            ui.Result(FormattableString.Invariant($"   momentum from {points.Max(p => p.Momentum):0.00} to ")
                + FormattableString.Invariant($"{points.Min(p => p.Momentum):0.00} and back"));
        }
        ui.Result(string.Empty);
    }
}
