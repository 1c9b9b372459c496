namespace FineTune.Evaluate.Statistics;

/// <summary>Quantiles of samples, linear between neighbours as NumPy's default.</summary>
public static class Quantiles
{
    /// <summary>The value below which a part of the samples lies.</summary>
    /// <param name="samples">At least one, in any order.</param>
    /// <param name="part">In 0..1.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static double Of(IEnumerable<double> samples, double part)
    {
        double[] sorted = [.. samples.Order()];
        if (sorted.Length == 0)
            throw new ArgumentException("A quantile is of at least one value.", nameof(samples));
        var at = part * (sorted.Length - 1);
        var below = Math.Min((int)at, sorted.Length - 1);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((at - below) * (sorted[above] - sorted[below]));
    }

    /// <summary>The middle part of samples: what is left when both tails are cut off equally.</summary>
    /// <param name="samples">At least one.</param>
    /// <param name="level">In (0, 1).</param>
    public static Interval Central(IReadOnlyCollection<double> samples, double level) =>
        new(Of(samples, (1 - level) / 2), Of(samples, (1 + level) / 2));
}
