using FineTune.Images;

namespace FineTune.Augment;

/// <summary>An augmentation that a recipe can name: one row of <see cref="Augmentations.Presets"/>.</summary>
public sealed class AugmentPreset
{
    internal AugmentPreset(string name, string summary, Func<int, int?, Interpolation, Pipeline> create) =>
        (Name, Summary, Create) = (name, summary, create);

    /// <summary>As a recipe writes it.</summary>
    public string Name { get; }

    /// <summary>What it does, in a line.</summary>
    public string Summary { get; }

    /// <summary>Its transforms, from the model's input size, the shorter side to resize to before a crop, if any, and the filter.</summary>
    internal Func<int, int?, Interpolation, Pipeline> Create { get; }
}
