using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>
/// Nesterov's momentum, rewritten in terms of the point where the gradient is taken (Bengio et al. 2012): w here is the
/// look-ahead point of the original form.
/// </summary>
/// <param name="lr">Learning rate.</param>
/// <param name="momentum">Decay of the velocity, mu.</param>
/// <param name="weightDecay">L2 penalty.</param>
internal readonly struct Nesterov(Coefficient lr, Coefficient momentum, Coefficient weightDecay) : IRule
{
    public static IReadOnlyList<string> Slots => ["v"];

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T v, ref T _, ref T __, ref T ___)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        var before = v;
        v = (momentum * v) - (lr * g);
        w += v + (momentum * (v - before));
    }
}
