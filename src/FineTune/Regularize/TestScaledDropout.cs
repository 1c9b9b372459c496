using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Regularize;

/// <summary>
/// Dropout as it was first written (Srivastava et al. 2014): a value is left out with probability p in training, y = m x, and
/// all values are scaled by 1 - p at test time.
/// </summary>
public sealed class TestScaledDropout : StochasticLayer
{
    private readonly double _p;

    /// <param name="p">Probability of leaving a value out, in [0, 1).</param>
    public TestScaledDropout(double p)
        : base(nameof(TestScaledDropout)) => _p = p;

    /// <summary>Probability of keeping a value, by which all are scaled at test time.</summary>
    internal double Kept => 1 - _p;

    private protected override Tensor Sample(Tensor input)
    {
        using var kept = Bernoulli(input, Kept, input.shape);
        return input * kept;
    }

    private protected override Tensor Marginal(Tensor input) => input.Times(Kept);
}
