using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>Adam (Kingma and Ba 2015, algorithm 1), with the L2 penalty in the gradient.</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="beta1">Decay of the first moment.</param>
/// <param name="beta2">Decay of the second moment.</param>
/// <param name="eps">Added to the root.</param>
/// <param name="weightDecay">L2 penalty.</param>
/// <param name="t">The step, from 1; null: the moments, zero at first, are not corrected for it.</param>
internal readonly struct Adam(Coefficient lr, Coefficient beta1, Coefficient beta2, Coefficient eps, Coefficient weightDecay, long? t)
    : IRule
{
    private readonly Coefficient _lr = lr.Value / Bias.Correction(beta1.Value, t);
    private readonly Coefficient _c2 = Bias.Correction(beta2.Value, t);

    public static IReadOnlyList<string> Slots => ["m", "v"];

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T m, ref T v, ref T _, ref T __)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        m = (beta1 * m) + ((1 - beta1) * g);
        v = (beta2 * v) + ((1 - beta2) * (g * g));
        w -= _lr * (m / (T.Sqrt(v / _c2) + eps));
    }
}
