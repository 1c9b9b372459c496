using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>The softsign of the momentum, m / (s + |m|): the sign of what is large, and proportional to what is small.</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="momentum">Decay of the average.</param>
/// <param name="scale">s, the momentum at which half a step is taken; 1 is the softsign itself, towards 0 it is Signum.</param>
/// <param name="weightDecay">L2 penalty.</param>
internal readonly struct SoftsignMomentum(Coefficient lr, Coefficient momentum, Coefficient scale, Coefficient weightDecay) : IRule
{
    public static IReadOnlyList<string> Slots => ["m"];

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T m, ref T _, ref T __, ref T ___)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        m = (momentum * m) + ((1 - momentum) * g);
        w -= lr * (m / (T.Abs(m) + scale));
    }
}
