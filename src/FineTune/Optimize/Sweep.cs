using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FineTune.Optimize.Lanes;
using FineTune.Optimize.Rules;

namespace FineTune.Optimize;

/// <summary>One pass over memory: every array is read and written once, all arithmetic of the rule between the two.</summary>
internal static class Sweep
{
    /// <summary>Applies the rule to each element of <paramref name="w"/>.</summary>
    /// <param name="rule">The rule of this step.</param>
    /// <param name="w">Weights, changed.</param>
    /// <param name="g">Gradients, as many.</param>
    /// <param name="a">First slot, as many, or empty where the rule has none; likewise the others.</param>
    /// <param name="b">Second slot.</param>
    /// <param name="c">Third slot.</param>
    /// <param name="d">Fourth slot.</param>
    // Never inlined: within a caller, what a long rule inlines passes the compiler's budget, and each operator becomes a call.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run<R>(R rule, Span<float> w, ReadOnlySpan<float> g, Span<float> a, Span<float> b, Span<float> c, Span<float> d)
        where R : struct, IRule
    {
        var slots = R.Count;
        ref var pw = ref MemoryMarshal.GetReference(w);
        ref var pg = ref MemoryMarshal.GetReference(g);
        ref var pa = ref MemoryMarshal.GetReference(a);
        ref var pb = ref MemoryMarshal.GetReference(b);
        ref var pc = ref MemoryMarshal.GetReference(c);
        ref var pd = ref MemoryMarshal.GetReference(d);
        SimdLane la = default, lb = default, lc = default, ld = default;
        nint k = 0;
        for (; k <= w.Length - SimdLane.Width; k += SimdLane.Width)
        {
            var lw = SimdLane.Load(ref pw, k);
            if (slots > 0)
                la = SimdLane.Load(ref pa, k);
            if (slots > 1)
                lb = SimdLane.Load(ref pb, k);
            if (slots > 2)
                lc = SimdLane.Load(ref pc, k);
            if (slots > 3)
                ld = SimdLane.Load(ref pd, k);
            rule.Step(ref lw, SimdLane.Load(ref pg, k), ref la, ref lb, ref lc, ref ld);
            lw.Store(ref pw, k);
            if (slots > 0)
                la.Store(ref pa, k);
            if (slots > 1)
                lb.Store(ref pb, k);
            if (slots > 2)
                lc.Store(ref pc, k);
            if (slots > 3)
                ld.Store(ref pd, k);
        }

        for (var i = (int)k; i < w.Length; i++)
            One(rule, ref w[i], g[i], a, b, c, d, i);
    }

    /// <summary>The sum of squares, in double precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfSquares(ReadOnlySpan<float> x)
    {
        ref var px = ref MemoryMarshal.GetReference(x);
        Vector512<double> low = default, high = default;
        nint k = 0;
        for (; k <= x.Length - SimdLane.Width; k += SimdLane.Width)
        {
            var (a, b) = Vector512.Widen(Vector512.LoadUnsafe(ref px, (nuint)k));
            low += a * a;
            high += b * b;
        }

        var sum = Vector512.Sum(low + high);
        for (var i = (int)k; i < x.Length; i++)
            sum += (double)x[i] * x[i];
        return sum;
    }

    private static void One<R>(R rule, ref float w, float g, Span<float> a, Span<float> b, Span<float> c, Span<float> d, int i)
        where R : struct, IRule
    {
        ScalarLane<float> lw = new(w), la = At(a, i), lb = At(b, i), lc = At(c, i), ld = At(d, i);
        rule.Step(ref lw, new ScalarLane<float>(g), ref la, ref lb, ref lc, ref ld);
        w = lw.Value;
        Put(a, i, la);
        Put(b, i, lb);
        Put(c, i, lc);
        Put(d, i, ld);
    }

    private static ScalarLane<float> At(Span<float> s, int i) => new(i < s.Length ? s[i] : 0);

    private static void Put(Span<float> s, int i, ScalarLane<float> value)
    {
        if (i < s.Length)
            s[i] = value.Value;
    }
}
