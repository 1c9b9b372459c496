using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>The second half of a layer's rule, as a pass over w and u.</summary>
/// <param name="rule">The layer's rule.</param>
/// <param name="trust">The layer's trust ratio.</param>
internal readonly struct Trusted<R>(R rule, Coefficient trust) : IRule
    where R : struct, ILayerRule
{
    public static IReadOnlyList<string> Slots => R.Slots;

    public static int Count => R.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T u, ref T a, ref T b, ref T _, ref T __)
        where T : struct, ILane<T> => rule.Step(ref w, u, trust, ref a, ref b);
}
