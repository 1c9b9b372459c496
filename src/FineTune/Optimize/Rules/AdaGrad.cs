using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>AdaGrad (Duchi et al. 2011), with PyTorch's decay of the learning rate.</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="lrDecay">The learning rate of step t is lr / (1 + (t - 1) lrDecay).</param>
/// <param name="initial">What the sum of squares starts from.</param>
/// <param name="eps">Added to the root.</param>
/// <param name="weightDecay">L2 penalty.</param>
/// <param name="t">The step, from 1.</param>
internal readonly struct AdaGrad(Coefficient lr, Coefficient lrDecay, Coefficient initial, Coefficient eps, Coefficient weightDecay, long t)
    : IRule
{
    private readonly Coefficient _lr = lr.Value / (1 + ((t - 1) * lrDecay.Value));

    public static IReadOnlyList<string> Slots => ["s"];

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T s, ref T _, ref T __, ref T ___)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        s += g * g;
        w -= _lr * (g / (T.Sqrt(s + initial) + eps));
    }
}
