using static TorchSharp.torch;

namespace FineTune.Models.Layers;

/// <summary>A convolution: [In, H, W] -> [Out, H', W'].</summary>
internal sealed record Convolution(
    long In, long Out, (long H, long W) Kernel, (long H, long W) Padding, long Stride, long Dilation, long Groups, bool Bias)
    : ModuleLayer
{
    public override bool OutputIsFree => true;

    public override long Parameters => (Out * In / Groups * Kernel.H * Kernel.W) + (Bias ? Out : 0);

    public override long[] Shape(IReadOnlyList<long[]> inputs) =>
        [
            Out,
            Window.Output(inputs[0][1], Kernel.H, Stride, Padding.H, Dilation),
            Window.Output(inputs[0][2], Kernel.W, Stride, Padding.W, Dilation),
        ];

    public override long MultiplyAdds(IReadOnlyList<long[]> inputs, long[] output) =>
        output[1] * output[2] * (Out * In / Groups * Kernel.H * Kernel.W);

    public override nn.Module Make() => nn.Conv2d(
        In, Out, (Kernel.H, Kernel.W), stride: (Stride, Stride), padding: (Padding.H, Padding.W), dilation: (Dilation, Dilation),
        groups: Groups, bias: Bias);
}

/// <summary>Batch normalization of maps (Ioffe and Szegedy 2015).</summary>
internal sealed record BatchNorm(long Channels, double Eps, double Momentum) : ModuleLayer
{
    public override bool OutputIsFree => true;

    public override long Parameters => 2 * Channels;

    public override nn.Module Make() => nn.BatchNorm2d(Channels, Eps, Momentum);
}

/// <summary>The geometry of a window that moves over an axis.</summary>
internal static class Window
{
    /// <summary>Places of the window: floor((length + 2 padding - dilation (kernel - 1) - 1) / stride) + 1.</summary>
    public static long Output(long length, long kernel, long stride, long padding, long dilation = 1, bool ceil = false)
    {
        var room = length + (2 * padding) - (dilation * (kernel - 1)) - 1;
        var places = ((room + (ceil ? stride - 1 : 0)) / stride) + 1;
        return ceil && (places - 1) * stride >= length + padding ? places - 1 : places; // none begins in the padding behind
    }
}
