namespace FineTune.Data;

/// <summary>How a folder of images becomes a dataset.</summary>
public sealed record FolderOptions
{
    /// <summary>
    /// Part of each class that is drawn for validation where the folder brings no validation split; in [0, 1), default
    /// 0.2. Each class keeps at least one image on both sides. 0 draws none.
    /// </summary>
    public double ValFraction { get; init; } = 0.2;

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
        if (Classes is { Count: 0 })
            throw new FineTuneException("The list of classes stored with the weights is empty.");
        if (Classes?.GroupBy(c => c, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new FineTuneException($"The list of classes stored with the weights names '{twice.Key}' more than once.");
    }
}
