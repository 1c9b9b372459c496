namespace FineTune.Weights;

/// <summary>How a tensor's shape differs between two libraries; its values stand in the same order in both.</summary>
/// <param name="ToTorchvision">The shape in torchvision.</param>
/// <param name="FromTorchvision">The shape in the other.</param>
internal sealed record KeyShape(
    Func<IReadOnlyList<long>, IReadOnlyList<long>> ToTorchvision,
    Func<IReadOnlyList<long>, IReadOnlyList<long>> FromTorchvision)
{
    /// <summary>The same in both.</summary>
    public static KeyShape Same { get; } = new(s => s, s => s);

    /// <summary>A scale for each channel: [C, 1, 1] in torchvision, [C] in the other.</summary>
    public static KeyShape Scale { get; } = new(s => s.Count == 1 ? [s[0], 1, 1] : s, s => s is [var channels, 1, 1] ? [channels] : s);

    /// <summary>A matrix, which the other may have as a 1x1 convolution.</summary>
    public static KeyShape Matrix { get; } = new(Flat, s => s);

    /// <summary>A matrix [R, C K K] in torchvision, a convolution [R, C, K, K] in the other.</summary>
    /// <param name="kernel">K.</param>
    public static KeyShape Convolution(long kernel) =>
        new(Flat, s => s is [var rows, var row] && row % (kernel * kernel) == 0 ? [rows, row / (kernel * kernel), kernel, kernel] : s);

    /// <summary>The same values under the shape that a rule makes of theirs.</summary>
    /// <param name="values">The tensor.</param>
    /// <param name="rule">One of the two.</param>
    public static TensorData Reshape(TensorData values, Func<IReadOnlyList<long>, IReadOnlyList<long>> rule) =>
        rule(values.Shape) is var shape && shape.SequenceEqual(values.Shape) ? values : values.Reshaped(shape);

    private static IReadOnlyList<long> Flat(IReadOnlyList<long> shape) =>
        shape.Count == 4 && Shapes.Count([.. shape.Skip(1)]) is { } columns ? [shape[0], columns] : shape;
}
