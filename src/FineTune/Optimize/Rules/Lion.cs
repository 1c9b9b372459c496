using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>Lion (Chen et al. 2023, algorithm 2): the sign of an interpolation, with decoupled weight decay.</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="beta1">Weight of the momentum in the step.</param>
/// <param name="beta2">Decay of the momentum.</param>
/// <param name="weightDecay">Decoupled weight decay.</param>
internal readonly struct Lion(Coefficient lr, Coefficient beta1, Coefficient beta2, Coefficient weightDecay) : IRule
{
    public static IReadOnlyList<string> Slots => ["m"];

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T m, ref T _, ref T __, ref T ___)
        where T : struct, ILane<T>
    {
        var c = (beta1 * m) + ((1 - beta1) * g);
        w -= lr * (T.Sign(c) + (weightDecay * w));
        m = (beta2 * m) + ((1 - beta2) * g);
    }
}
