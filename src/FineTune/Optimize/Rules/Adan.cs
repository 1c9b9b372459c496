using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>
/// Adan (Xie et al. 2022, algorithm 1): Nesterov's momentum from the difference of gradients. The betas are decays, one minus the
/// paper's, and moments are bias corrected, both as in the authors' code.
/// </summary>
/// <param name="lr">Learning rate.</param>
/// <param name="beta1">Decay of the first moment.</param>
/// <param name="beta2">Decay of the difference.</param>
/// <param name="beta3">Decay of the second moment.</param>
/// <param name="eps">Added to the root.</param>
/// <param name="weightDecay">Decoupled, by division.</param>
/// <param name="t">The step, from 1.</param>
internal readonly struct Adan(
    Coefficient lr, Coefficient beta1, Coefficient beta2, Coefficient beta3, Coefficient eps, Coefficient weightDecay, long t) : IRule
{
    private readonly Coefficient _c1 = Bias.Correction(beta1.Value, t);
    private readonly Coefficient _ofDifference = beta2.Value / Bias.Correction(beta2.Value, t);
    private readonly Coefficient _c3 = Bias.Correction(beta3.Value, t);
    private readonly Coefficient _later = t == 1 ? 0 : 1; // the first gradient has none before it
    private readonly Coefficient _grown = 1 + (lr.Value * weightDecay.Value);

    public static IReadOnlyList<string> Slots => ["m", "v", "n", "before"];

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T m, ref T v, ref T n, ref T before)
        where T : struct, ILane<T>
    {
        var difference = _later * (g - before);
        m = (beta1 * m) + ((1 - beta1) * g);
        v = (beta2 * v) + ((1 - beta2) * difference);
        var u = g + (beta2 * difference);
        n = (beta3 * n) + ((1 - beta3) * (u * u));
        w -= lr * (((m / _c1) + (_ofDifference * v)) / (T.Sqrt(n / _c3) + eps));
        w = w / _grown;
        before = g;
    }
}
