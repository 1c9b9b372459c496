namespace FineTune.Export;

/// <summary>What an ONNX graph takes in and gives out.</summary>
public sealed record OnnxOptions
{
    /// <summary>Whether it takes pixels in 0..1 and normalises them itself. Default false: it takes normalised images.</summary>
    public bool NormalizeInside { get; init; }

    /// <summary>Whether it gives probabilities in place of logits. Several members, or several views, always give probabilities.</summary>
    public bool Softmax { get; init; }

    /// <summary>Whether its weights are float16, half the size; images and results stay float32.</summary>
    public bool Half { get; init; }

    /// <summary>Whether the probabilities of an image and its mirror image are averaged (test-time augmentation).</summary>
    public bool Mirror { get; init; }
}
