using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>AdaDelta (Zeiler 2012, algorithm 1): steps have the unit of w. The paper's learning rate is 1.</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="rho">Decay of both mean squares.</param>
/// <param name="eps">Added under both roots.</param>
/// <param name="weightDecay">L2 penalty.</param>
internal readonly struct AdaDelta(Coefficient lr, Coefficient rho, Coefficient eps, Coefficient weightDecay) : IRule
{
    public static IReadOnlyList<string> Slots => ["v", "u"];

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T v, ref T u, ref T _, ref T __)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        v = (rho * v) + ((1 - rho) * (g * g));
        var delta = T.Sqrt((u + eps) / (v + eps)) * g;
        u = (rho * u) + ((1 - rho) * (delta * delta));
        w -= lr * delta;
    }
}
