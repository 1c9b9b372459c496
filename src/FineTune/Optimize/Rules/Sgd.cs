using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>
/// Gradient descent. Over the whole data it is the full-batch form; over a batch it is stochastic (Robbins and Monro 1951).
/// </summary>
/// <param name="lr">Learning rate.</param>
/// <param name="weightDecay">L2 penalty.</param>
internal readonly struct Sgd(Coefficient lr, Coefficient weightDecay) : IRule
{
    public static IReadOnlyList<string> Slots => [];

    public static int Count => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T _, ref T __, ref T ___, ref T ____)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        w -= lr * g;
    }
}
