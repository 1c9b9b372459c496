using System.Runtime.CompilerServices;
using FineTune.Optimize.Lanes;

namespace FineTune.Optimize.Rules;

/// <summary>Adam with Nesterov's momentum on the schedule mu_t = beta1 (1 - 0.96^(t psi) / 2) (Dozat 2016, algorithm 2).</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="beta1">Decay of the first moment.</param>
/// <param name="beta2">Decay of the second moment.</param>
/// <param name="eps">Added to the root.</param>
/// <param name="psi">How fast the momentum rises: 0.004 in the paper.</param>
/// <param name="weightDecay">L2 penalty.</param>
/// <param name="t">The step, from 1.</param>
internal readonly struct NAdam(
    Coefficient lr, Coefficient beta1, Coefficient beta2, Coefficient eps, Coefficient psi, Coefficient weightDecay, long t) : IRule
{
    private readonly Coefficient _c2 = Bias.Correction(beta2.Value, t);
    private readonly Coefficient _ofGradient = (1 - Mu(beta1.Value, psi.Value, t)) / (1 - Product(beta1.Value, psi.Value, t));
    private readonly Coefficient _ofMoment = Mu(beta1.Value, psi.Value, t + 1) / (1 - Product(beta1.Value, psi.Value, t + 1));

    public static IReadOnlyList<string> Slots => ["m", "v"];

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step<T>(ref T w, T g, ref T m, ref T v, ref T _, ref T __)
        where T : struct, ILane<T>
    {
        g += weightDecay * w;
        m = (beta1 * m) + ((1 - beta1) * g);
        v = (beta2 * v) + ((1 - beta2) * (g * g));
        w -= lr * (((_ofGradient * g) + (_ofMoment * m)) / (T.Sqrt(v / _c2) + eps));
    }

    private static double Mu(double beta1, double psi, long t) => beta1 * (1 - (0.5 * Math.Pow(0.96, t * psi)));

    /// <summary>mu_1 mu_2 ... mu_t; what is below the precision of 1 - product is not multiplied out.</summary>
    private static double Product(double beta1, double psi, long t)
    {
        var product = 1.0;
        for (var k = 1L; k <= t && product > 1e-18; k++)
            product *= Mu(beta1, psi, k);
        return product;
    }
}
