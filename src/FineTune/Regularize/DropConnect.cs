using FineTune.Engine;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Regularize;

/// <summary>
/// Leaves out single weights of a linear layer (Wan et al. 2013, algorithm 1), each image by a mask of its own:
/// y = (m * W) x / (1 - p) + b in training, its mean W x + b in inference. Holds images x outputs x inputs floats while training.
/// </summary>
public sealed class DropConnect : StochasticLayer
{
    private readonly Func<Linear> _linear;
    private readonly double _p;

    /// <param name="linear">Gives the layer whose weights are used; it stays where it is.</param>
    /// <param name="p">Probability of leaving a weight out, in [0, 1).</param>
    public DropConnect(Func<Linear> linear, double p)
        : base(nameof(DropConnect)) => (_linear, _p) = (linear, p);

    private protected override Tensor Sample(Tensor input) // [N, in] -> [N, out]
    {
        using var scope = NewDisposeScope();
        var linear = _linear();
        var kept = Bernoulli(input, 1 - _p, input.size(0), linear.out_features, linear.in_features).Divide(1 - _p);
        var output = (linear.weight * kept).bmm(input.unsqueeze(2)).squeeze(2);
        return (linear.bias is { } bias ? output.Plus(bias) : output).MoveToOuterDisposeScope();
    }

    private protected override Tensor Marginal(Tensor input) => _linear().call(input);
}
