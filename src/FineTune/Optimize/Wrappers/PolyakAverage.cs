using static TorchSharp.torch;

namespace FineTune.Optimize.Wrappers;

/// <summary>
/// The mean of all weights from a step on (Polyak and Juditsky 1992): average += (w - average) / n. Training goes on with w;
/// the average is what is measured and kept.
/// </summary>
internal sealed class PolyakAverage : OptimizerWrapper
{
    private readonly long _start;
    private readonly Tensor _average;

    /// <param name="inner">The rule that steps.</param>
    /// <param name="start">Steps before the mean begins, at least 0.</param>
    public PolyakAverage(Optimizer inner, long start)
        : base(inner)
    {
        (_start, _average) = (start, Remember("average"));
    }

    public override Tensor? Averaged => T > _start ? _average : null;

    public override void Step(double lr, Func<double> evaluate)
    {
        Inner.Step(lr, evaluate);
        if (T <= _start)
            return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        _average.add_(TrainableWeights() - _average, 1.0 / (T - _start));
    }
}
