using FineTune.Optimize.SecondOrder;
using static TorchSharp.torch;

namespace FineTune.Optimize.Wrappers;

/// <summary>An optimizer around another: it takes any rule and adds a few lines to its step.</summary>
internal abstract class OptimizerWrapper(Optimizer inner) : Optimizer(inner.Vector, inner.Groups)
{
    /// <summary>The wrapped one's state and its own.</summary>
    public override IReadOnlyList<(string Name, Tensor Vector)> State => [.. inner.State, .. base.State];

    public override IDictionary<string, double> Numbers => inner.Numbers;

    public override long T
    {
        get => inner.T;
        set => inner.T = value;
    }

    public override double? Momentum
    {
        get => inner.Momentum;
        set => inner.Momentum = value;
    }

    public override Tensor? Averaged => inner.Averaged;

    public override Tensor? AveragedStatistics => inner.AveragedStatistics;

    public override Func<HessianGraph>? Hessian
    {
        get => inner.Hessian;
        set => inner.Hessian = value;
    }

    protected Optimizer Inner => inner;

    public override void Dispose()
    {
        inner.Dispose();
        base.Dispose();
    }
}
