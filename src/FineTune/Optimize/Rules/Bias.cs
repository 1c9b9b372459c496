namespace FineTune.Optimize.Rules;

/// <summary>A moving average that starts at zero is too small at first (Kingma and Ba 2015, section 3).</summary>
internal static class Bias
{
    /// <summary>The part of the average's weights that has been used after t steps: 1 - beta^t; 1 without a t.</summary>
    public static double Correction(double beta, long? t) => t is { } steps ? 1 - Math.Pow(beta, steps) : 1;
}
