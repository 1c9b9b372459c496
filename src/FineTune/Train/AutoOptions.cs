namespace FineTune.Train;

/// <summary>
/// That a recipe leaves what it does not set to be decided from the images, the model and the time there is (recipe auto).
/// </summary>
public sealed record AutoOptions
{
    /// <summary>The keys that stay as they are. Default: none.</summary>
    public IReadOnlySet<string> Given { get; init; } = new HashSet<string>();

    /// <summary>Minutes that the run may take, above 0; null (default): a length by the number of images.</summary>
    public double? Minutes { get; init; }
}
