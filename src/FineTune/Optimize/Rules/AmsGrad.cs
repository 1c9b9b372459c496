using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>Adam whose second moment never falls (Reddi et al. 2018, algorithm 2), bias corrected as PyTorch does.</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="beta1">Decay of the first moment.</param>
/// <param name="beta2">Decay of the second moment.</param>
/// <param name="eps">Added to the root.</param>
/// <param name="weightDecay">L2 penalty.</param>
/// <param name="t">The step, from 1; null: no correction of the moments.</param>
internal readonly struct AmsGrad(Coefficient lr, Coefficient beta1, Coefficient beta2, Coefficient eps, Coefficient weightDecay, long? t)
    : IRule
{
    private readonly Coefficient _lr = lr.Value / Bias.Correction(beta1.Value, t);
    private readonly Coefficient _c2 = Bias.Correction(beta2.Value, t);

    public static IReadOnlyList<string> Slots => ["m", "v", "vmax"];

    public static int Count => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T m, ref T v, ref T vmax, ref T _)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        m = (beta1 * m) + ((1 - beta1) * g);
        v = (beta2 * v) + ((1 - beta2) * (g * g));
        vmax = T.Max(vmax, v);
        w -= _lr * (m / (T.Sqrt(vmax / _c2) + eps));
    }
}
