using FineTune.Evaluate.Statistics;

namespace FineTune.Experiment.Compare;

/// <summary>How good a result is on its validation images.</summary>
/// <param name="Top1">Accuracy, in 0..1.</param>
/// <param name="Nll">Mean negative log-likelihood, in nats.</param>
/// <param name="Images">Validation images.</param>
public sealed record ComparedScore(double Top1, double Nll, int Images)
{
    /// <summary>The exact 95% interval of <see cref="Top1"/>.</summary>
    public Interval Interval => BinomialInterval.OfRate(Top1, Images);
}
