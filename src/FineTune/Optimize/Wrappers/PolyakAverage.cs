using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Optimize.Wrappers;

/// <summary>
/// The mean of all weights from a step on (Polyak and Juditsky 1992): average += (w - average) / n. Training goes on with w;
/// the average is what is measured and kept, with batch-norm statistics that are averaged in the same way.
/// </summary>
internal sealed class PolyakAverage : OptimizerWrapper
{
    private readonly long _start;
    private readonly Tensor _average;
    private readonly Tensor? _statistics;

    /// <param name="inner">The rule that steps.</param>
    /// <param name="start">Steps before the mean begins, at least 0.</param>
    public PolyakAverage(Optimizer inner, long start)
        : base(inner)
    {
        (_start, _average, _statistics) = (start, Remember("average"), RememberStatistics("average_statistics"));
    }

    public override Tensor? Averaged => T > _start ? _average : null;

    public override Tensor? AveragedStatistics => T > _start ? _statistics : null;

    public override void Step(double lr, Func<double> evaluate)
    {
        Inner.Step(lr, evaluate);
        if (T <= _start)
            return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        _average.Add(TrainableWeights() - _average, 1.0 / (T - _start));
        _statistics?.Add(Vector.Statistics - _statistics, 1.0 / (T - _start));
    }
}
