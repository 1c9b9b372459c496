using System.Text.Json.Nodes;

namespace FineTune.Experiment.Sweeps;

/// <summary>
/// The results of a sweep for machines: what is in it follows from the runs alone, not from when or where they were trained.
/// </summary>
public static class SweepJson
{
    /// <summary>All of it.</summary>
    public static JsonObject Of(SweepResults results) => new()
    {
        ["choose"] = results.Plan.Choose,
        ["done"] = results.IsDone,
        ["runs"] = results.Plan.Tasks.Count,
        ["epochs"] = results.Epochs,
        ["epochs_of_all"] = results.AllEpochs,
        ["test"] = results.Test is { } test ? Of(test) : null,
        ["why_no_test"] = results.WhyNoTest,
        ["notes"] = new JsonArray([.. results.Notes.Select(n => (JsonNode?)n)]),
        ["configurations"] = new JsonArray([.. results.Rows.Select((r, k) => (JsonNode?)Of(r, k + 1))]),
    };

    /// <summary>A row.</summary>
    /// <param name="row">It.</param>
    /// <param name="rank">Its place, from 1.</param>
    public static JsonObject Of(ConfigurationRow row, int rank) => new()
    {
        ["rank"] = rank,
        ["configuration"] = row.Configuration,
        ["settings"] = new JsonArray([.. row.Settings.Select(s => (JsonNode?)s)]),
        ["status"] = row.Status switch
        {
            ConfigurationStatus.Finished => "finished",
            ConfigurationStatus.LeftBehind => "left behind",
            ConfigurationStatus.Failed => "failed",
            _ => "open",
        },
        ["top1"] = row.Top1?.Mean,
        ["top1_interval"] = Of(row.Top1?.Interval),
        ["nll"] = row.Nll,
        ["behind"] = row.Behind?.Mean,
        ["behind_interval"] = Of(row.Behind?.Interval),
        ["p"] = row.PValue,
        ["p_holm"] = row.AdjustedP,
        ["epochs"] = row.Epochs,
        ["tasks"] = new JsonArray([.. row.Tasks.Select(t => (JsonNode?)t.Number)]),
        ["final_weights_sha256"] = new JsonArray([.. row.FinalWeights.Select(w => (JsonNode?)w)]),
        ["failure"] = row.Failure,
    };

    private static JsonObject Of(TestScore test)
    {
        var accuracy = test.Accuracy;
        return new JsonObject
        {
            ["configuration"] = test.Configuration,
            ["images"] = test.Images,
            ["top1"] = accuracy.Mean,
            ["top1_interval"] = Of(accuracy.Interval),
            ["nll"] = test.Nll.Average(),
        };
    }

    private static JsonArray? Of(Interval? interval) => interval is { } i ? new JsonArray(i.Low, i.High) : null;
}
