using MathNet.Numerics.Distributions;

namespace FineTune.Evaluate.Statistics;

/// <summary>The mean of one number over runs that differ in their seed or their fold alone.</summary>
/// <param name="Mean">It.</param>
/// <param name="Interval">Its 95% interval, for values spread normally; null for a single value, and where all are equal.</param>
/// <param name="PValue">
/// Of the hypothesis that the true mean is 0, two-sided; null for a single value, and where all are equal and not 0.
/// </param>
public sealed record ReplicateMean(double Mean, Interval? Interval, double? PValue)
{
    private const double Rounding = 1e-12;

    /// <summary>The same as a rate: the interval ends at 0 and at 1.</summary>
    internal ReplicateMean AsRate() =>
        Interval is { } i ? this with { Interval = new Interval(Math.Max(0, i.Low), Math.Min(1, i.High)) } : this;

    /// <summary>
    /// Student's t (1908) where the runs have nothing in common but what is measured. Folds train on much the same images, and their
    /// spread is too small by itself: with an overlap, its square is s^2 (1 / n + overlap) in place of s^2 / n (Nadeau and Bengio 2003).
    /// </summary>
    /// <param name="values">A value a run, at least one; of paired runs, the differences.</param>
    /// <param name="overlap">Images of a fold to those that are trained on, 1 / (K - 1); 0: the runs are of different seeds.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static ReplicateMean Of(IReadOnlyList<double> values, double overlap = 0)
    {
        if (values.Count == 0)
            throw new ArgumentException("A mean needs at least one value.", nameof(values));
        var (mean, freedom) = (values.Average(), values.Count - 1);
        if (freedom == 0)
            return new ReplicateMean(mean, null, null);
        var variance = values.Sum(v => (v - mean) * (v - mean)) / freedom;
        var error = Math.Sqrt(variance * ((1.0 / values.Count) + overlap));
        if (error <= Rounding * Math.Abs(mean)) // rates of few images are often equal: that is no certainty
            return new ReplicateMean(mean, null, mean == 0 ? 1 : null);
        var half = StudentT.InvCDF(0, 1, freedom, (1 + BinomialInterval.Level) / 2) * error;
        return new ReplicateMean(mean, new Interval(mean - half, mean + half), 2 * StudentT.CDF(0, 1, freedom, -Math.Abs(mean) / error));
    }
}
