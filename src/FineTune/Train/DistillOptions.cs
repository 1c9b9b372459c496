namespace FineTune.Train;

/// <summary>Training on what a teacher says of the training images, beside their labels (Hinton et al. 2015).</summary>
public sealed record DistillOptions
{
    /// <summary>The folder of the teacher, a run or a saved ensemble; null (default): there is none.</summary>
    public string? Teacher { get; init; }

    /// <summary>
    /// T, at least 1: both distributions are softmax(logits / T), so that small probabilities count more. Default 4 (Zagoruyko
    /// and Komodakis 2017).
    /// </summary>
    public double Temperature { get; init; } = 4;

    /// <summary>a, 0 to 1, of a T^2 KL(teacher || student) + (1 - a) loss(label). Default 0.9 (Zagoruyko and Komodakis 2017).</summary>
    public double Weight { get; init; } = 0.9;
}
