namespace FineTune.Augment;

/// <summary>An augmentation as a recipe writes it: a preset's name, or transforms in order.</summary>
public sealed record AugmentSpec
{
    private AugmentSpec(string? preset, IReadOnlyList<NamedSpec> transforms) => (Preset, Transforms) = (preset, transforms);

    /// <summary>A name of <see cref="Augmentations.Presets"/>, or null for a list of transforms.</summary>
    public string? Preset { get; }

    /// <summary>The transforms in order; empty for a preset.</summary>
    public IReadOnlyList<NamedSpec> Transforms { get; }

    /// <summary>A preset.</summary>
    public static AugmentSpec Of(string preset) => new(preset, []);

    /// <summary>Transforms in order.</summary>
    public static AugmentSpec Of(params IReadOnlyList<NamedSpec> transforms) => new(null, transforms);
}
