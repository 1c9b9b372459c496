using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>RMSProp by the variance in place of the mean square (Graves 2013, equations 38 to 41), with a momentum that may be 0.</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="alpha">Decay of the mean and of the mean square.</param>
/// <param name="eps">Added to the root.</param>
/// <param name="momentum">Decay of the velocity.</param>
/// <param name="weightDecay">L2 penalty.</param>
internal readonly struct RmsPropCentered(Coefficient lr, Coefficient alpha, Coefficient eps, Coefficient momentum, Coefficient weightDecay)
    : IRule
{
    public static IReadOnlyList<string> Slots => ["v", "m", "b"];

    public static int Count => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T v, ref T m, ref T b, ref T _)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        v = (alpha * v) + ((1 - alpha) * (g * g));
        m = (alpha * m) + ((1 - alpha) * g);
        b = (momentum * b) + (g / (T.Sqrt(T.Abs(v - (m * m))) + eps)); // the difference is at least 0, but for rounding
        w -= lr * b;
    }
}
