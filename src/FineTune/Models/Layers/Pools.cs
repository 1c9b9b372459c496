using static TorchSharp.torch;

namespace FineTune.Models.Layers;

/// <summary>The largest value of each window.</summary>
internal sealed record MaxPool(long Kernel, long Stride, long Padding, bool Ceil) : ModuleLayer
{
    public override long[] Shape(IReadOnlyList<long[]> inputs) =>
    [
        inputs[0][0],
        Window.Output(inputs[0][1], Kernel, Stride, Padding, ceil: Ceil),
        Window.Output(inputs[0][2], Kernel, Stride, Padding, ceil: Ceil),
    ];

    public override nn.Module Make() => nn.MaxPool2d(Kernel, Stride, Padding, ceil_mode: Ceil);
}

/// <summary>The mean of each window; zeros of the padding count.</summary>
internal sealed record AveragePool(long Kernel, long Stride, long Padding) : ModuleLayer
{
    public override long[] Shape(IReadOnlyList<long[]> inputs) =>
        [inputs[0][0], Window.Output(inputs[0][1], Kernel, Stride, Padding), Window.Output(inputs[0][2], Kernel, Stride, Padding)];

    public override nn.Module Make() => nn.AvgPool2d(Kernel, Stride, Padding);
}

/// <summary>The mean of as many regions as the output has pixels: [C, H, W] -> [C, Side, Side].</summary>
internal sealed record AdaptiveAveragePool(long Side) : ModuleLayer
{
    public override long[] Shape(IReadOnlyList<long[]> inputs) => [inputs[0][0], Side, Side];

    public override nn.Module Make() => nn.AdaptiveAvgPool2d(Side);
}
