using System.Text.Json.Nodes;
using FineTune.Evaluate.Statistics;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>One run in a line: what it was, and how it ended.</summary>
/// <param name="Run">Its folder.</param>
/// <param name="Recipe">Its recipe.</param>
/// <param name="Epochs">Epochs that ended.</param>
/// <param name="Top1">
/// Validation accuracy of the run's result, in 0..1: its best epoch, which was chosen on these images, or its last, as the recipe
/// says.
/// </param>
/// <param name="Nll">Its negative log-likelihood.</param>
/// <param name="Epoch">Its epoch, from 1; 0: the fitted head that the run began with.</param>
/// <param name="Last">The last epoch's accuracy.</param>
/// <param name="Images">Validation images.</param>
/// <param name="Seconds">Training and validation.</param>
public sealed record RunSummary(
    string Run, Recipe Recipe, int Epochs, double Top1, double Nll, int Epoch, double Last, int Images, double Seconds)
{
    /// <summary>The 95% interval of <see cref="Top1"/>.</summary>
    public Interval Interval => BinomialInterval.OfRate(Top1, Images);

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
            var recipe = RecipeFile.Read(folder.Recipe);
            var last = lines[^1];
            var result = recipe.ResultWeights == "last" ? last : lines.Last(l => (bool)l["best"]!);
            return new RunSummary(
                run,
                recipe,
                (int)last["epoch"]!,
                (double)result["val_top1"]!,
                (double)result["val_nll"]!,
                (int)result["epoch"]!,
                (double)last["val_top1"]!,
                (int)manifest["images"]!["val"]!,
                (double?)manifest["seconds"] ?? (double)last["seconds"]!);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or NullReferenceException or IOException)
        {
            throw new FineTuneException($"The files of the run '{run}' are damaged: {JsonReason.Of(e)}.", e);
        }
    }
}
