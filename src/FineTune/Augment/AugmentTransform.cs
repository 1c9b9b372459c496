namespace FineTune.Augment;

/// <summary>A transform that a recipe can name: one row of <see cref="Augmentations.Transforms"/>.</summary>
public sealed class AugmentTransform
{
    internal AugmentTransform(string name, string summary, IReadOnlyList<OptionInfo> options, Func<OptionReader, int, ITransform> create) =>
        (Name, Summary, Options, Create) = (name, summary, options, create);

    /// <summary>As a recipe writes it.</summary>
    public string Name { get; }

    /// <summary>What it does, in a line.</summary>
    public string Summary { get; }

    /// <summary>Its options.</summary>
    public IReadOnlyList<OptionInfo> Options { get; }

    /// <summary>Makes it from its options and the model's input size in pixels.</summary>
    internal Func<OptionReader, int, ITransform> Create { get; }
}
