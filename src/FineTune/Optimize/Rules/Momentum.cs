using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>Momentum as the lecture writes it: the velocity carries the learning rate of the step that made it (Polyak 1964).</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="momentum">Decay of the velocity, mu.</param>
/// <param name="weightDecay">L2 penalty.</param>
internal readonly struct Momentum(Coefficient lr, Coefficient momentum, Coefficient weightDecay) : IRule
{
    public static IReadOnlyList<string> Slots => ["v"];

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T v, ref T _, ref T __, ref T ___)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        v = (momentum * v) - (lr * g);
        w += v;
    }
}
