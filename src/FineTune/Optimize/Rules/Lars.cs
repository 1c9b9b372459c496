using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>LARS (You et al. 2017, algorithm 1): momentum whose learning rate is in proportion to |w| / |g|, layer by layer.</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="momentum">Decay of the velocity.</param>
/// <param name="eta">The part of a layer's norm that a step may move it: 0.001 in the paper.</param>
/// <param name="weightDecay">L2 penalty.</param>
internal readonly struct Lars(Coefficient lr, Coefficient momentum, Coefficient eta, Coefficient weightDecay) : ILayerRule
{
    public static IReadOnlyList<string> Slots => ["v"];

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Direction<T>(T w, T g, ref T v, ref T _)
        where T : struct, ILane<T> => g;

    public double Trust(double w, double g) => eta.Value * w / (g + (weightDecay.Value * w));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, Coefficient trust, ref T v, ref T _)
        where T : struct, ILane<T>
    {
        v = (momentum * v) + (lr * (trust * (g + (weightDecay * w))));
        w -= v;
    }
}
