using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>Where Nesterov's momentum takes its gradient: w + mu v.</summary>
/// <param name="momentum">Decay of the velocity, mu.</param>
internal readonly struct LookAhead(Coefficient momentum) : IRule
{
    public static IReadOnlyList<string> Slots => ["v"];

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T _, ref T v, ref T __, ref T ___, ref T ____)
        where T : struct, ILane<T> => w += momentum * v;
}
