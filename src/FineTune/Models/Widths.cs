namespace FineTune.Models;

/// <summary>Numbers of channels that hardware likes.</summary>
internal static class Widths
{
    private const double Least = 0.9;

    /// <summary>The nearest multiple of a divisor, and not below 90% of the value (Sandler et al. 2018).</summary>
    public static long Divisible(double value, int divisor = 8)
    {
        var rounded = Math.Max(divisor, (long)(value + (divisor / 2.0)) / divisor * divisor);
        return rounded < Least * value ? rounded + divisor : rounded;
    }
}
