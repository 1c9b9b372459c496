using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Regularize;

/// <summary>
/// Leaves out squares of a map (Ghiasi et al. 2018, algorithm 1): each place where a square fits begins one with probability
/// gamma, a channel and image by itself; what is kept is divided by its share, so that the map's mean stays.
/// </summary>
public sealed class DropBlock : StochasticLayer
{
    private readonly double _p;
    private readonly int _blockSize;

    /// <param name="p">The part of a map that is left out, in [0, 1), where squares do not overlap.</param>
    /// <param name="blockSize">Pixels of a square's side, at least 1; on a smaller map, that map's shorter side. 7 in the paper.</param>
    public DropBlock(double p, int blockSize)
        : base(nameof(DropBlock)) => (_p, _blockSize) = (p, blockSize);

    /// <summary>
    /// gamma = p / b^2 * (H W) / ((H - b + 1) (W - b + 1)): H = W = 14, b = 7, p = 0.1 gives 0.1 / 49 * 196 / 64 = 0.00625.
    /// </summary>
    /// <param name="p">The part that is to be left out.</param>
    /// <param name="size">Pixels of a square's side.</param>
    /// <param name="height">Of the map, at least <paramref name="size"/>.</param>
    /// <param name="width">Of the map, at least <paramref name="size"/>.</param>
    public static double Gamma(double p, long size, long height, long width) =>
        p / (size * size) * (height * width) / ((height - size + 1) * (width - size + 1));

    private protected override Tensor Sample(Tensor input)
    {
        if (input.shape is not [var n, var c, var h, var w]) // [N, C, H, W]
        {
            throw new FineTuneException(
                $"DropBlock leaves out parts of maps [N, C, H, W], but the stage before it gives [{string.Join(", ", input.shape)}].");
        }
        using var scope = NewDisposeScope();
        var size = Math.Min(_blockSize, Math.Min(h, w));
        var rim = size - 1; // a square at an end covers what a square elsewhere does
        var begins = Bernoulli(input, Gamma(_p, size, h, w), n, c, h - rim, w - rim);
        var left = nn.functional.max_pool2d(nn.functional.pad(begins, [rim, rim, rim, rim]), [size, size], [1, 1]); // [N, C, H, W]
        var kept = left.neg().Plus(1);
        return (input * (kept / kept.mean().AtLeast(1e-7))).MoveToOuterDisposeScope();
    }
}
