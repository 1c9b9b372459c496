using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>
/// Momentum as a moving average of gradients: m is of the size of a gradient, whatever the decay, and lr is applied to it anew each step.
/// </summary>
/// <param name="lr">Learning rate.</param>
/// <param name="momentum">Decay of the average, a.</param>
/// <param name="weightDecay">L2 penalty.</param>
internal readonly struct AveragedMomentum(Coefficient lr, Coefficient momentum, Coefficient weightDecay) : IRule
{
    public static IReadOnlyList<string> Slots => ["m"];

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T m, ref T _, ref T __, ref T ___)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        m = (momentum * m) + ((1 - momentum) * g);
        w -= lr * m;
    }
}
