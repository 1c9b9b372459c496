using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>AdaMax (Kingma and Ba 2015, algorithm 2): Adam by the largest recent gradient, eps as PyTorch has it.</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="beta1">Decay of the first moment.</param>
/// <param name="beta2">Decay of the largest.</param>
/// <param name="eps">Added to the gradient's size.</param>
/// <param name="weightDecay">L2 penalty.</param>
/// <param name="t">The step, from 1.</param>
internal readonly struct AdaMax(Coefficient lr, Coefficient beta1, Coefficient beta2, Coefficient eps, Coefficient weightDecay, long t)
    : IRule
{
    private readonly Coefficient _lr = lr.Value / Bias.Correction(beta1.Value, t);

    public static IReadOnlyList<string> Slots => ["m", "u"];

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T m, ref T u, ref T _, ref T __)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        m = (beta1 * m) + ((1 - beta1) * g);
        u = T.Max(beta2 * u, T.Abs(g) + eps);
        w -= _lr * (m / u);
    }
}
