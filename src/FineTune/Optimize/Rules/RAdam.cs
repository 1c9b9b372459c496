using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>
/// Adam whose adaptive rate waits until its variance is known (Liu et al. 2020, algorithm 2; the threshold 5 as PyTorch has it).
/// </summary>
/// <param name="lr">Learning rate.</param>
/// <param name="beta1">Decay of the first moment.</param>
/// <param name="beta2">Decay of the second moment.</param>
/// <param name="eps">Added to the root.</param>
/// <param name="weightDecay">L2 penalty.</param>
/// <param name="t">The step, from 1.</param>
internal readonly struct RAdam(Coefficient lr, Coefficient beta1, Coefficient beta2, Coefficient eps, Coefficient weightDecay, long t)
    : IRule
{
    private readonly Coefficient _lr = lr.Value / Bias.Correction(beta1.Value, t);
    private readonly Coefficient _rectified = lr.Value / Bias.Correction(beta1.Value, t) * Rectification(beta2.Value, t)
        * Math.Sqrt(Bias.Correction(beta2.Value, t));

    public static IReadOnlyList<string> Slots => ["m", "v"];

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T m, ref T v, ref T _, ref T __)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        m = (beta1 * m) + ((1 - beta1) * g);
        v = (beta2 * v) + ((1 - beta2) * (g * g));
        w -= _rectified.Value > 0 ? _rectified * (m / (T.Sqrt(v) + eps)) : _lr * m;
    }

    /// <summary>r_t; 0 while the variance cannot be known.</summary>
    private static double Rectification(double beta2, long t)
    {
        var longest = (2 / (1 - beta2)) - 1;
        var rho = longest - (2 * t * Math.Pow(beta2, t) / Bias.Correction(beta2, t));
        return rho > 5 ? Math.Sqrt((rho - 4) * (rho - 2) * longest / ((longest - 4) * (longest - 2) * rho)) : 0;
    }
}
