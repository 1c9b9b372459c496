using FineTune.Models;
using FineTune.Weights;

namespace FineTune.Train;

/// <summary>A checkpoint to go on from, read and checked.</summary>
/// <param name="Path">Its file.</param>
/// <param name="File">Its tensors and metadata.</param>
/// <param name="State">Where the run stood.</param>
internal sealed record SavedState(string Path, StateDict File, TrainState State)
{
    /// <summary>The metadata key under which a weights file has the recipe that it was trained by.</summary>
    public const string RecipeKey = "recipe";

    /// <summary>The metadata key under which it has the seal of the soft labels that it was trained on.</summary>
    public const string SoftLabelsKey = "soft_labels_sha256";

    /// <summary>Why the newest checkpoint was not taken, a sentence; null where this is it.</summary>
    public string? InsteadOfNewest { get; init; }

    /// <summary>
    /// The recipe that it belongs to, as YAML, without where its data and weights were; null where the file does not say.
    /// </summary>
    public string? Recipe => File.Metadata.GetValueOrDefault(RecipeKey);

    /// <summary>What its network sees of an image.</summary>
    public Preprocessing? Input => Checkpoint.Input(File);

    /// <summary>The last state of a run, or the one before where that cannot be read; null where there is none.</summary>
    /// <exception cref="FineTuneException">No checkpoint can be read.</exception>
    public static SavedState? Newest(RunFolder folder)
    {
        var (last, previous) = (folder.Last, folder.Previous);
        if (!System.IO.File.Exists(last) && !System.IO.File.Exists(previous))
            return null;
        try
        {
            return Checkpoint.Read(last);
        }
        catch (FineTuneException e) when (System.IO.File.Exists(previous))
        {
            var saved = Checkpoint.Read(previous);
            var why = System.IO.File.Exists(last) ? e.Message.TrimEnd('.') : $"'{last}' is missing";
            return saved with
            {
                InsteadOfNewest = $"The newest checkpoint cannot be read ({why}), "
                    + $"so the run goes on from the one before it, after step {saved.State.Step}.",
            };
        }
    }
}
