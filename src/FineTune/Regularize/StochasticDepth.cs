using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Regularize;

/// <summary>
/// Leaves out the branch of a residual block (Huang et al. 2016), each image's by itself, and divides what is kept by the
/// probability of keeping it, as torchvision's StochasticDepth does in its mode "row".
/// </summary>
public sealed class StochasticDepth : StochasticLayer
{
    /// <param name="keep">Probability that the branch is kept, in (0, 1].</param>
    public StochasticDepth(double keep)
        : base(nameof(StochasticDepth)) => KeepProbability = keep;

    /// <summary>Probability that the branch is kept.</summary>
    public double KeepProbability { get; }

    /// <summary>
    /// The linear rule, p_l = 1 - (l / L) (1 - p_L): blocks 1 .. 4 of 4 with p_L = 0.8 are kept with 0.95, 0.9, 0.85, 0.8.
    /// </summary>
    /// <param name="block">l, from 1 at the input.</param>
    /// <param name="blocks">L.</param>
    /// <param name="last">p_L, the probability that the last block is kept.</param>
    public static double Keep(int block, int blocks, double last) => 1 - ((double)block / blocks * (1 - last));

    private protected override Tensor Sample(Tensor input)
    {
        var shape = new long[input.shape.Length];
        Array.Fill(shape, 1);
        shape[0] = input.size(0);
        using var kept = Bernoulli(input, KeepProbability, shape); // [N, 1, 1, 1]
        return input * kept.Divide(KeepProbability);
    }
}
