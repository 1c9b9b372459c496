using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>The first half of a layer's rule, as a pass that puts u in the place of g.</summary>
/// <param name="rule">The layer's rule.</param>
internal readonly struct Direction<R>(R rule) : IRule
    where R : struct, ILayerRule
{
    public static IReadOnlyList<string> Slots => R.Slots;

    public static int Count => R.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T g, T w, ref T a, ref T b, ref T _, ref T __)
        where T : struct, ILane<T> => g = rule.Direction(w, g, ref a, ref b);
}
