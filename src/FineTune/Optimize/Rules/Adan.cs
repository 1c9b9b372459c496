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
internal readonly struct Adan(double lr, double beta1, double beta2, double beta3, double eps, double weightDecay, long t) : IRule
{
    private readonly double _c1 = Bias.Correction(beta1, t);
    private readonly double _c2 = Bias.Correction(beta2, t);
    private readonly double _c3 = Bias.Correction(beta3, t);
    private readonly double _later = t == 1 ? 0 : 1; // the first gradient has none before it

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
        w -= lr * (((m / _c1) + (beta2 / _c2 * v)) / (T.Sqrt(n / _c3) + eps));
        w = w / (1 + (lr * weightDecay));
        before = g;
    }
}
