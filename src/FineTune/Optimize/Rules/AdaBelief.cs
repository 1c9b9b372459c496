using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>AdaBelief (Zhuang et al. 2020, algorithm 2): Adam by the gradient's deviation from what was expected.</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="beta1">Decay of the first moment.</param>
/// <param name="beta2">Decay of the squared deviation.</param>
/// <param name="eps">Added to the squared deviation and to the root.</param>
/// <param name="weightDecay">L2 penalty.</param>
/// <param name="t">The step, from 1.</param>
internal readonly struct AdaBelief(Coefficient lr, Coefficient beta1, Coefficient beta2, Coefficient eps, Coefficient weightDecay, long t)
    : IRule
{
    private readonly Coefficient _lr = lr.Value / Bias.Correction(beta1.Value, t);
    private readonly Coefficient _c2 = Bias.Correction(beta2.Value, t);

    public static IReadOnlyList<string> Slots => ["m", "s"];

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T m, ref T s, ref T _, ref T __)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        m = (beta1 * m) + ((1 - beta1) * g);
        s = (beta2 * s) + ((1 - beta2) * ((g - m) * (g - m))) + eps;
        w -= _lr * (m / (T.Sqrt(s / _c2) + eps));
    }
}
