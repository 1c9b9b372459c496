using System.Text.Json.Nodes;
using FineTune.Evaluate;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>One run in a line: what it was, and how it ended.</summary>
/// <param name="Run">Its folder.</param>
/// <param name="Recipe">Its recipe.</param>
/// <param name="Epochs">Epochs that ended.</param>
/// <param name="Last">The last epoch's validation accuracy, in 0..1.</param>
/// <param name="LastNll">The last epoch's negative log-likelihood.</param>
/// <param name="Best">The best epoch's accuracy: chosen on these images, so a little flattering.</param>
/// <param name="Images">Validation images.</param>
/// <param name="Seconds">Training and validation.</param>
public sealed record RunSummary(string Run, Recipe Recipe, int Epochs, double Last, double LastNll, double Best, int Images, double Seconds)
{
    /// <summary>The 95% interval of <see cref="Last"/>.</summary>
    public Interval Interval => Score.Wilson(Last, Images);

    /// <summary>Reads a run's summary from its files; no model is opened.</summary>
    /// <exception cref="FineTuneException">The folder holds no run, or none of whose epochs has ended.</exception>
    public static RunSummary Read(string run)
    {
        var folder = new RunFolder(run).Existing();
        try
        {
            var lines = MetricsFile.Lines(folder);
            if (lines.Count == 0)
                throw new FineTuneException($"No epoch of the run '{run}' has ended yet.");
            var manifest = JsonNode.Parse(RegularFile.Text(folder.Manifest))!;
            var last = lines[^1];
            return new RunSummary(
                run,
                RecipeFile.Read(folder.Recipe),
                (int)last["epoch"]!,
                (double)last["val_top1"]!,
                (double)last["val_nll"]!,
                lines.Max(l => (double)l["val_top1"]!),
                (int)manifest["images"]!["val"]!,
                (double?)manifest["seconds"] ?? (double)last["seconds"]!);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or NullReferenceException or IOException)
        {
            throw new FineTuneException($"The files of the run '{run}' are damaged: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
