using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>Any rule with its weight decay beside the step in place of in the gradient (Loshchilov and Hutter 2019).</summary>
/// <param name="shrink">lr times weight decay.</param>
/// <param name="rule">The rule, without a weight decay of its own.</param>
internal readonly struct Decoupled<R>(Coefficient shrink, R rule) : IRule
    where R : struct, IRule
{
    public static IReadOnlyList<string> Slots => R.Slots;

    public static int Count => R.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T a, ref T b, ref T c, ref T d)
        where T : struct, ILane<T>
    {
        w = (1 - shrink) * w;
        rule.Step(ref w, g, ref a, ref b, ref c, ref d);
    }
}
