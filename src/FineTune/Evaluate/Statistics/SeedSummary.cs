using MathNet.Numerics.Distributions;

namespace FineTune.Evaluate.Statistics;

/// <summary>One number of runs that differ in nothing but their seed.</summary>
/// <param name="Values">A value a seed.</param>
/// <param name="Min">The smallest.</param>
/// <param name="Median">The one in the middle, or the mean of two.</param>
/// <param name="Max">The largest.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="MeanInterval">The 95% interval of the mean (Student 1908), for values spread normally; null for a single value.</param>
public sealed record SeedSummary(
    IReadOnlyList<double> Values,
    double Min,
    double Median,
    double Max,
    double Mean,
    Interval? MeanInterval)
{
    /// <summary>Summarises values.</summary>
    /// <param name="values">A value a seed, at least one.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static SeedSummary Of(IReadOnlyList<double> values)
    {
        var median = Quantiles.Of(values, 0.5);
        var mean = values.Average();
        return new SeedSummary(values, values.Min(), median, values.Max(), mean, values.Count > 1 ? Student(values, mean) : null);
    }

    /// <summary>mean -+ t s / sqrt(n), s the sample's standard deviation, t Student's quantile for n - 1 degrees of freedom.</summary>
    private static Interval Student(IReadOnlyList<double> values, double mean)
    {
        var freedom = values.Count - 1;
        var deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / freedom);
        var half = StudentT.InvCDF(0, 1, freedom, (1 + BinomialInterval.Level) / 2) * deviation / Math.Sqrt(values.Count);
        return new Interval(mean - half, mean + half);
    }
}
