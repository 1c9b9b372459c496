using FineTune.Optimize.SecondOrder;

namespace FineTune.Evaluate.Calibration;

/// <summary>
/// Vector scaling (Guo et al. 2017): softmax(scale * logits + offset), a scale and an offset a class. The logits are the logarithms of
/// the probabilities.
/// </summary>
/// <param name="Scale">[classes].</param>
/// <param name="Offset">[classes].</param>
public sealed record VectorScaling(IReadOnlyList<double> Scale, IReadOnlyList<double> Offset) : ICalibration
{
    /// <summary>
    /// A normal prior of standard deviation 10 about the identity, as a penalty of half this times the squared distance on the sum of the
    /// negative log-likelihoods: without one there is no minimum where images are few enough to be told apart without error.
    /// </summary>
    public const double Penalty = 0.01;

    /// <summary>The scales and offsets of least penalised negative log-likelihood.</summary>
    /// <param name="predictions">At least one.</param>
    public static VectorScaling Fit(Predictions predictions)
    {
        var classes = predictions.Classes.Count;
        var identity = Enumerable.Range(0, 2 * classes).Select(k => k < classes ? 1.0 : 0.0).ToArray();
        var minimum = new Minimizer(new NewtonCgMethod()).Run(new VectorScalingLoss(predictions), identity);
        return new VectorScaling(minimum.X[..classes], minimum.X[classes..]);
    }

    /// <inheritdoc/>
    public Predictions Apply(Predictions predictions) => LogProbabilities.Mapped(predictions, (z, k) => (Scale[k] * z) + Offset[k]);
}
