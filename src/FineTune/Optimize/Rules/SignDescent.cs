using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>Sign descent (Bernstein et al. 2018, algorithm 1): every weight moves by lr, whatever the size of its gradient.</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="weightDecay">L2 penalty.</param>
internal readonly struct SignDescent(Coefficient lr, Coefficient weightDecay) : IRule
{
    public static IReadOnlyList<string> Slots => [];

    public static int Count => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T _, ref T __, ref T ___, ref T ____)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        w -= lr * T.Sign(g);
    }
}
