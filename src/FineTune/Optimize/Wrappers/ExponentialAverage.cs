using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Optimize.Wrappers;

/// <summary>
/// A moving average of the weights, from the initial ones on: average = d average + (1 - d) w after each step. It remembers
/// 1 / (1 - d) steps. Training goes on with w; the average is what is measured and kept, with batch-norm
/// statistics that are averaged in the same way.
/// </summary>
internal sealed class ExponentialAverage : OptimizerWrapper
{
    private const double Memories = 10; // memories in a run: e^-10 = 0.005% of the initial weights are left at its end

    private readonly double _decay;
    private readonly Tensor _average;
    private readonly Tensor? _statistics;

    /// <param name="inner">The rule that steps.</param>
    /// <param name="decay">d, in [0, 1).</param>
    public ExponentialAverage(Optimizer inner, double decay)
        : base(inner)
    {
        (_decay, _average, _statistics) = (decay, Remember("ema"), RememberStatistics("ema_statistics"));
    }

    public override Tensor? Averaged => T > 0 ? _average : null;

    public override Tensor? AveragedStatistics => T > 0 ? _statistics : null;

    /// <summary>The decay whose memory is a tenth of a run: 1 - 10 / steps, or 0 where that is less. 1000 steps: 0.99.</summary>
    public static double Auto(long steps) => Math.Max(0, 1 - (Memories / steps));

    public override void Step(double lr, Func<double> evaluate)
    {
        using var scope = NewDisposeScope();
        if (T == 0)
        {
            using var _ = no_grad();
            _average.copy_(TrainableWeights());
            _statistics?.copy_(Vector.Statistics);
        }

        Inner.Step(lr, evaluate);
        using var __ = no_grad();
        _average.Add(TrainableWeights() - _average, 1 - _decay);
        _statistics?.Add(Vector.Statistics - _statistics, 1 - _decay);
    }
}
