using System.Text.Json.Nodes;

namespace FineTune.Experiment.Sweeps;

/// <summary>Validation scores of a run at some epoch.</summary>
/// <param name="Top1">Accuracy, in 0..1.</param>
/// <param name="Nll">Negative log-likelihood.</param>
/// <param name="Epoch">Of the weights, from 1.</param>
internal sealed record TaskScore(double Top1, double Nll, int Epoch)
{
    /// <summary>A metric by its name.</summary>
    public double Of(string metric) => metric == "val_top1" ? Top1 : Nll;
}

/// <summary>Where a task stands, as its run's files say.</summary>
/// <param name="Failure">Why it cannot come to its end, a sentence; null: it can.</param>
/// <param name="Finished">Whether its run has come to its end.</param>
/// <param name="Lines">Its metrics, an object an epoch.</param>
/// <param name="IsLast">Tells whether its result is its last epoch; else it is the best so far.</param>
internal sealed record TaskState(string? Failure, bool Finished, IReadOnlyList<JsonNode> Lines, Func<bool> IsLast)
{
    /// <summary>Epochs that ended.</summary>
    public int Epochs => Lines.Count == 0 ? 0 : (int)Lines[^1]["epoch"]!;

    /// <summary>Seconds that they took.</summary>
    public double Seconds => Lines.Count == 0 ? 0 : (double?)Lines[^1]["seconds"] ?? 0;

    /// <summary>Reads where a task stands.</summary>
    /// <exception cref="FineTuneException">Its files are damaged.</exception>
    public static TaskState Read(SweepFolder folder, SweepTask task)
    {
        var run = folder.Run(task.Number);
        try
        {
            var failure = File.Exists(folder.Failure(task.Number))
                ? (string?)JsonNode.Parse(RegularFile.Text(folder.Failure(task.Number)))?["reason"] ?? "it failed"
                : null;
            var began = File.Exists(run.Recipe);
            var finished = began && Manifest.IsFinished(run) && File.Exists(run.Report);
            return new TaskState(
                failure, finished, began ? MetricsFile.Lines(run) : [], () => RecipeFile.Read(run.Recipe).ResultWeights == "last");
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or IOException)
        {
            throw new FineTuneException($"The files of the run '{run.Path}' are damaged: {JsonReason.Of(e)}.", e);
        }
    }

    /// <summary>Whether nothing is left to be trained of it.</summary>
    /// <param name="epochs">As far as; 0: to its end.</param>
    public bool Reached(int epochs) => Failure is not null || Finished || (epochs > 0 && Epochs >= epochs);

    /// <summary>Its scores after some epochs, however far it has come since; null where it failed or has not come so far.</summary>
    /// <param name="epochs">Epochs; 0: all.</param>
    public TaskScore? After(int epochs)
    {
        if (Failure is not null || !Reached(epochs))
            return null;
        var lines = Lines.Where(l => epochs == 0 || (int)l["epoch"]! <= epochs).ToArray();
        var line = IsLast() ? lines[^1] : lines.Last(l => (bool)l["best"]!);
        return new TaskScore((double)line["val_top1"]!, (double)line["val_nll"]!, (int)line["epoch"]!);
    }
}
