using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>
/// Nesterov's momentum as it was found (Nesterov 1983; Sutskever et al. 2013): v = mu v - lr g(w + mu v); w += v.
/// Comes with w and g at the look-ahead point (<see cref="LookAhead"/>).
/// </summary>
/// <param name="lr">Learning rate.</param>
/// <param name="momentum">Decay of the velocity, mu.</param>
/// <param name="weightDecay">L2 penalty.</param>
internal readonly struct NesterovLookAhead(Coefficient lr, Coefficient momentum, Coefficient weightDecay) : IRule
{
    public static IReadOnlyList<string> Slots => ["v"];

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T v, ref T _, ref T __, ref T ___)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        w -= momentum * v;
        v = (momentum * v) - (lr * g);
        w += v;
    }
}
