using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Optimize.Wrappers;

/// <summary>
/// k steps forward, one step back (Zhang et al. 2019, algorithm 1): each k steps, slow += alpha (w - slow); w = slow.
/// </summary>
internal sealed class Lookahead : OptimizerWrapper
{
    private readonly int _k;
    private readonly double _alpha;
    private readonly Tensor _slow;

    /// <param name="inner">The fast rule.</param>
    /// <param name="k">Fast steps a slow one, at least 1; 5 in the paper.</param>
    /// <param name="alpha">The slow step, in (0, 1]; 0.5 in the paper.</param>
    public Lookahead(Optimizer inner, int k, double alpha)
        : base(inner)
    {
        (_k, _alpha, _slow) = (k, alpha, Remember("slow"));
    }

    public override void Step(double lr, Func<double> evaluate)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var w = TrainableWeights();
        if (T == 0)
            _slow.copy_(w);
        using (enable_grad())
            Inner.Step(lr, evaluate);
        if (T % _k != 0)
            return;
        _slow.Add(w - _slow, _alpha);
        w.copy_(_slow);
    }
}
