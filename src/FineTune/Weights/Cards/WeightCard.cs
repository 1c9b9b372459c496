namespace FineTune.Weights;

/// <summary>What is known of a file of pretrained weights: a YAML file in the models folder, unknown keys refused.</summary>
public sealed record WeightCard
{
    /// <summary>The weights' name, unique within a model, such as "imagenet1k_v1".</summary>
    public required string Name { get; init; }

    /// <summary>The model they belong to, such as "resnet18".</summary>
    public required string Model { get; init; }

    /// <summary>The weights' file, beside the card.</summary>
    public required string File { get; init; }

    /// <summary>SHA-256 of the file, 64 hexadecimal digits; verified on every load.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Bytes of the file; verified on every load.</summary>
    public required long Bytes { get; init; }

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

    /// <summary>How images are resized: "bilinear", the only way there is.</summary>
    public string Interpolation { get; init; } = "bilinear";

    /// <summary>Where the weights come from: source, command, seed, licence, each in words.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    /// <summary>Expected results by name, such as "top1" (a rate in 0..1) or "nll" (nats).</summary>
    public IReadOnlyDictionary<string, double> Expected { get; init; } = new Dictionary<string, double>();
}
