using MathNet.Numerics.Distributions;

namespace FineTune.Evaluate.Statistics;

/// <summary>The exact interval of a rate (Clopper and Pearson 1934): it holds the true rate at least as often as its level says.</summary>
public static class BinomialInterval
{
    /// <summary>The level by default.</summary>
    public const double Level = 0.95;

    /// <summary>Of a rate that was seen in some of n trials.</summary>
    /// <param name="hits">In 0..n.</param>
    /// <param name="n">At least 1.</param>
    /// <param name="level">In (0, 1).</param>
    public static Interval Of(int hits, int n, double level = Level)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(hits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hits, n);
        var tail = (1 - level) / 2;
        return new Interval(
            hits == 0 ? 0 : Beta.InvCDF(hits, n - hits + 1, tail),
            hits == n ? 1 : Beta.InvCDF(hits + 1, n - hits, 1 - tail));
    }

    /// <summary>Of a rate of n trials.</summary>
    public static Interval OfRate(double rate, int n) => Of((int)Math.Round(rate * n), n);
}
