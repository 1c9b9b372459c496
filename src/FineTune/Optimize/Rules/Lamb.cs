using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>LAMB (You et al. 2020, algorithm 2): AdamW's direction, its length set to the norm of the layer it moves.</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="beta1">Decay of the first moment.</param>
/// <param name="beta2">Decay of the second moment.</param>
/// <param name="eps">Added to the root.</param>
/// <param name="weightDecay">Decoupled from the moments, not from the trust ratio.</param>
/// <param name="t">The step, from 1.</param>
internal readonly struct Lamb(Coefficient lr, Coefficient beta1, Coefficient beta2, Coefficient eps, Coefficient weightDecay, long t)
    : ILayerRule
{
    private readonly Coefficient _c1 = Bias.Correction(beta1.Value, t);
    private readonly Coefficient _c2 = Bias.Correction(beta2.Value, t);

    public static IReadOnlyList<string> Slots => ["m", "v"];

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Direction<T>(T w, T g, ref T m, ref T v)
        where T : struct, ILane<T>
    {
        m = (beta1 * m) + ((1 - beta1) * g);
        v = (beta2 * v) + ((1 - beta2) * (g * g));
        return (m / _c1 / (T.Sqrt(v / _c2) + eps)) + (weightDecay * w);
    }

    public double Trust(double w, double u) => w / u;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T u, Coefficient trust, ref T m, ref T v)
        where T : struct, ILane<T> => w -= lr * (trust * u);
}
