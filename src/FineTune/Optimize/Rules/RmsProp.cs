using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>RMSProp (Tieleman and Hinton 2012, lecture 6.5), eps outside the root as PyTorch has it.</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="alpha">Decay of the mean square.</param>
/// <param name="eps">Added to the root.</param>
/// <param name="weightDecay">L2 penalty.</param>
internal readonly struct RmsProp(Coefficient lr, Coefficient alpha, Coefficient eps, Coefficient weightDecay) : IRule
{
    public static IReadOnlyList<string> Slots => ["v"];

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T v, ref T _, ref T __, ref T ___)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        v = (alpha * v) + ((1 - alpha) * (g * g));
        w -= lr * (g / (T.Sqrt(v) + eps));
    }
}
