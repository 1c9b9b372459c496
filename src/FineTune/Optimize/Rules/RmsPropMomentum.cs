using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>RMSProp whose scaled gradients drive a velocity (Tieleman and Hinton 2012; PyTorch's form).</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="alpha">Decay of the mean square.</param>
/// <param name="eps">Added to the root.</param>
/// <param name="momentum">Decay of the velocity.</param>
/// <param name="weightDecay">L2 penalty.</param>
internal readonly struct RmsPropMomentum(Coefficient lr, Coefficient alpha, Coefficient eps, Coefficient momentum, Coefficient weightDecay)
    : IRule
{
    public static IReadOnlyList<string> Slots => ["v", "b"];

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T v, ref T b, ref T _, ref T __)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        v = (alpha * v) + ((1 - alpha) * (g * g));
        b = (momentum * b) + (g / (T.Sqrt(v) + eps));
        w -= lr * b;
    }
}
