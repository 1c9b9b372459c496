using FineTune.Images;

namespace FineTune.Weights;

/// <summary>
/// What is known of a file of pretrained weights: from a YAML file in the models folder, unknown keys refused. The weights lie
/// beside the card, or are fetched from <see cref="Url"/> at first use.
/// </summary>
public sealed record WeightCard
{
    /// <summary>The weights' name, unique within a model, such as "imagenet1k_v1".</summary>
    public required string Name { get; init; }

    /// <summary>The model they belong to, such as "resnet18".</summary>
    public required string Model { get; init; }

    /// <summary>The weights' file: beside the card, or with a <see cref="Url"/> its name in the cache.</summary>
    public required string File { get; init; }

    /// <summary>Where the weights are fetched from, by https; null where they lie beside the card.</summary>
    public Uri? Url { get; init; }

    /// <summary>
    /// SHA-256 of the file, 64 lower-case hexadecimal digits; verified on every load. Null where it is not known: then the one found
    /// at first use is recorded in the cache and verified from then on.
    /// </summary>
    public string? Sha256 { get; init; }

    /// <summary>The first digits of the SHA-256, 8 to 64; torchvision's names end in them. Null where they are not known.</summary>
    public string? Sha256Prefix { get; init; }

    /// <summary>Bytes of the file; verified on every load. Null where they are not known.</summary>
    public long? Bytes { get; init; }

    /// <summary>The licence of the weights, in words; null where the card has none.</summary>
    public string? Licence { get; init; }

    /// <summary>Whether the name "default" means them.</summary>
    public bool IsDefault { get; init; }

    /// <summary>Class names in the order of the head's outputs; empty where they are not known.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Mean of red, green, blue that inputs are normalised by, in 0..1. Default ImageNet's.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [0.485, 0.456, 0.406];

    /// <summary>Standard deviation of red, green, blue, above 0. Default ImageNet's.</summary>
    public IReadOnlyList<double> Std { get; init; } = [0.229, 0.224, 0.225];

    /// <summary>Side of the square input in pixels. Default 224.</summary>
    public int InputSize { get; init; } = 224;

    /// <summary>Length of the image's shorter side before the centre crop, in pixels; 0 for no resizing. Default 256.</summary>
    public int Resize { get; init; } = 256;

    /// <summary>How images are resized. Default bilinear.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>Where the weights come from: source, command, seed, each in words.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    /// <summary>Expected results by name, such as "top1" (a rate in 0..1) or "nll" (nats).</summary>
    public IReadOnlyDictionary<string, double> Expected { get; init; } = new Dictionary<string, double>();
}
