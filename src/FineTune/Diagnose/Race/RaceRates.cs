using FineTune.Optimize;

namespace FineTune.Diagnose.Race;

/// <summary>
/// The learning rates of a race in which none is given. They are measured from the rule, not listed by name, so that a new rule has one
/// too. A rule whose step grows with the gradient is limited by the curvature L: without memory it gets 0.9 of the largest rate at
/// which it is stable on a parabola (1.8 / L for gradient descent), with memory a quarter of it. A rule whose step does not
/// depend on the gradient's size gets steps of a twentieth of the way. Where the gradient is noisy, all get a fifth of that.
/// </summary>
internal static class RaceRates
{
    private const int Probe = 10; // steps under a constant gradient
    private const int Settle = 300; // steps on a parabola after which growth shows
    private const double Way = 0.05;
    private const double Noisy = 0.2;

    /// <summary>The rate for a rule on a surface.</summary>
    /// <param name="fresh">Makes the rule with an empty memory.</param>
    /// <param name="surface">Where it races.</param>
    public static double For(Func<IStepper> fresh, Surface surface)
    {
        var calm = surface.Noise > 0 ? Noisy : 1;
        var reach = Travel(fresh(), 1e3);
        if (Travel(fresh(), 1e6) > 30 * reach)
            return calm * StableLimit(fresh) * (fresh().Slots == 0 ? 0.9 : 0.25) / surface.Curvature;
        var stride = reach / Probe; // about 1 for most; far from it, a rule counts its rate in other units
        var unit = stride is > 0.1 and < 10 ? 1 : stride;
        return calm * Way * (surface.Nearest(surface.Start) - surface.Start).Length / unit;
    }

    private static double Travel(IStepper rule, double gradient)
    {
        double[] w = [0];
        for (var k = 0; k < Probe; k++)
            rule.Step(w, [gradient], 1);
        return Math.Abs(w[0]);
    }

    /// <summary>The largest rate at which the rule does not leave 1/2 x^2, to 0.1%.</summary>
    private static double StableLimit(Func<IStepper> fresh)
    {
        var (low, high) = (1e-3, 1e4);
        while (high > low * 1.001)
        {
            var middle = Math.Sqrt(low * high);
            if (Stable(fresh(), middle))
                low = middle;
            else
                high = middle;
        }

        return low;
    }

    private static bool Stable(IStepper rule, double lr)
    {
        double[] w = [1];
        for (var k = 0; k < Settle; k++)
            rule.Step(w, [w[0]], lr);
        return Math.Abs(w[0]) <= 1;
    }
}
