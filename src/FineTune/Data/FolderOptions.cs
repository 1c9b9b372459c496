namespace FineTune.Data;

/// <summary>How a folder of images becomes a dataset.</summary>
public sealed record FolderOptions
{
    /// <summary>
    /// Part of each class that is drawn for validation where the folder brings no validation split; in [0, 1), default
    /// 0.2. Each class keeps at least one image on both sides. 0 draws none.
    /// </summary>
    public double ValFraction { get; init; } = 0.2;

    /// <summary>
    /// Folds of the training images, one of which is the validation split, whatever validation split the folder brings: that becomes
    /// the test split if the folder has none. 0 (default): none; else at least 2.
    /// </summary>
    public int Folds { get; init; }

    /// <summary>Which of the folds, from 1. Default 1.</summary>
    public int Fold { get; init; } = 1;

    /// <summary>Training images of each class at most, drawn by the seed; 0 (default): all.</summary>
    public int PerClass { get; init; }

    /// <summary>The seed that the drawn split comes from; default 0.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// The classes in the order of a model's outputs, as stored with its weights: labels are then given by name, a folder
    /// of another name is an error, and a class without a folder is allowed. Default null: the folders, in ordinal order.
    /// </summary>
    public IReadOnlyList<string>? Classes { get; init; }

    internal void Validate()
    {
        if (!(ValFraction >= 0 && ValFraction < 1))
            throw new FineTuneException($"The part drawn for validation is {ValFraction}; it must be at least 0 and below 1.");
        if (Folds is < 0 or 1 || Fold < 1 || Fold > Math.Max(1, Folds))
            throw new FineTuneException($"Fold {Fold} of {Folds} cannot be drawn; a fold from 1 to the number of folds, at least 2, can.");
        if (PerClass < 0)
            throw new FineTuneException($"{PerClass} training images of each class are asked for; at least 1, or 0 for all, can be.");
        if (Classes is { Count: 0 })
            throw new FineTuneException("The list of classes stored with the weights is empty.");
        if (Classes?.GroupBy(c => c, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new FineTuneException($"The list of classes stored with the weights names '{twice.Key}' more than once.");
    }
}
