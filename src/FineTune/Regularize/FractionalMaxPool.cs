using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Regularize;

/// <summary>
/// Max pooling over regions whose places are drawn (Graham 2015, pseudorandom and overlapping), the same for all images of a
/// batch, in place of a max pool. In inference the draw is fixed to the middle, u = 1/2.
/// </summary>
public sealed class FractionalMaxPool : StochasticLayer
{
    private const double Middle = 0.5;

    private readonly MaxPool2d _replaced;
    private readonly double _ratio;

    /// <param name="replaced">The pool that it stands for: its kernel is kept.</param>
    /// <param name="ratio">Input pixels an output pixel, in (1, 2]; 0: as many outputs as the replaced pool has.</param>
    public FractionalMaxPool(MaxPool2d replaced, double ratio)
        : base(nameof(FractionalMaxPool)) => (_replaced, _ratio) = (replaced, ratio);

    /// <summary>
    /// Where the regions of one axis begin, as PyTorch's fractional_max_pool2d has it: floor(a (i + u)) - floor(a u) with
    /// a = (length - size) / (outputs - 1), the last one at the end. length 7, outputs 4, size 2, u 0.5: a = 5/3; 0, 2, 4, 5.
    /// </summary>
    /// <param name="length">Pixels of the axis.</param>
    /// <param name="outputs">Regions.</param>
    /// <param name="size">Pixels of a region.</param>
    /// <param name="u">In [0, 1): moves all but the first and the last.</param>
    public static long[] Starts(long length, long outputs, long size, double u)
    {
        var a = outputs > 1 ? (length - size) / (outputs - 1.0) : 0;
        var starts = new long[outputs];
        for (var i = 0; i < outputs - 1; i++)
            starts[i] = (long)Math.Floor(a * (i + u)) - (long)Math.Floor(a * u);
        starts[^1] = length - size;
        return starts;
    }

    /// <summary>The regions of an axis in inference: where they begin, and their pixels.</summary>
    /// <param name="length">Pixels of the axis.</param>
    /// <param name="axis">0: rows, 1: columns.</param>
    public (long[] Starts, long Size) Regions(long length, int axis) => Regions(length, axis, Middle);

    private protected override Tensor Sample(Tensor input)
    {
        using var drawn = rand([2]);
        var u = drawn.data<float>();
        return Pool(input, u[0], u[1]);
    }

    private protected override Tensor Marginal(Tensor input) => Pool(input, Middle, Middle);

    // The functional of PyTorch draws for each image and channel, from where an inference could not be fixed.
    private Tensor Pool(Tensor input, double u, double v) // [N, C, H, W]
    {
        using var rows = Axis(input, 0, u);
        return Axis(rows, 1, v);
    }

    private Tensor Axis(Tensor x, int axis, double u)
    {
        using var scope = NewDisposeScope();
        var (starts, size) = Regions(x.size(2 + axis), axis, u);
        Tensor? largest = null;
        for (var k = 0; k < size; k++)
        {
            var part = x.index_select(2 + axis, tensor(Array.ConvertAll(starts, s => s + k)).to(x.device));
            largest = largest is null ? part : largest.maximum(part);
        }

        return largest!.MoveToOuterDisposeScope();
    }

    private (long[] Starts, long Size) Regions(long length, int axis, double u)
    {
        var outputs = Outputs(length, axis);
        var size = Math.Min(_replaced.kernel_size[axis], length - outputs + 1);
        return (Starts(length, outputs, size, u), size);
    }

    private long Outputs(long length, int axis)
    {
        if (_ratio > 0)
            return Math.Max(1, (long)(length / _ratio));
        var stride = _replaced.stride[axis];
        var room = length + (2 * _replaced.padding[axis]) - (_replaced.dilation[axis] * (_replaced.kernel_size[axis] - 1)) - 1;
        return ((room + (_replaced.ceil_mode ? stride - 1 : 0)) / stride) + 1;
    }
}
