namespace FineTune.Optimize.Schedules;

/// <summary>
/// One-cycle as fastai writes it: a cosine up, a cosine down to almost nothing, the momentum in opposite phase (Smith 2018).
/// </summary>
public static class OneCycle
{
    private const double Div = 25, DivFinal = 1e5, PctStart = 0.25, High = 0.95, Low = 0.85; // fastai's fit_one_cycle

    internal static ScheduleEntry Row { get; } = new(
        "one-cycle",
        "fastai's: cosine from 1/div up to 1, then cosine down to 1/div_final; momentum in the opposite direction",
        [
            new("div", "25", "1 / the first factor, at least 1"),
            new("div_final", "1e5", "1 / the last factor, at least 1"),
            new("pct_start", "0.25", "fraction of the run with a rising rate, above 0 and below 1"),
            .. MomentumOptions,
        ],
        (o, horizon) =>
        {
            var (div, divFinal) = (o.Within("div", Div, 1, double.MaxValue), o.Within("div_final", DivFinal, 1, double.MaxValue));
            var rise = o.Within("pct_start", PctStart, 1e-6, 1 - 1e-6);
            var (high, low, moves) = ReadMomentum(o);
            return new Course(step => At(step, horizon.Steps, rise, 1 / div, 1, 1 / divFinal))
            {
                Momentum = step => moves ? At(step, horizon.Steps, rise, high, low, high) : null,
            };
        });

    internal static OptionInfo[] MomentumOptions =>
    [
        new("momentum_high", "0.95", "momentum (beta1) while the learning rate is low, 0 to 1"),
        new("momentum_low", "0.85", "momentum (beta1) while the learning rate is high, 0 to 1"),
        new("cycle_momentum", "true", "false: keep the optimizer's own momentum"),
    ];

    /// <summary>
    /// Two half cosines: start to middle in the first p T steps, middle to end in the rest. With T = 100, p = 0.25, from 1/25
    /// by 1 to 1e-5: 0.04 at 0, 1 at 25, 0.9996 at 26, 0.0004 at 99, 1e-5 from 100 on.
    /// </summary>
    /// <param name="step">t, from 0.</param>
    /// <param name="steps">T, at least 1.</param>
    /// <param name="rise">p, above 0 and below 1.</param>
    /// <param name="start">The value at 0.</param>
    /// <param name="middle">The value at p T.</param>
    /// <param name="end">The value from T on.</param>
    public static double At(long step, long steps, double rise, double start, double middle, double end)
    {
        var x = (double)Math.Min(step, steps) / steps;
        return x < rise ? Wave(start, middle, x / rise) : Wave(middle, end, (x - rise) / (1 - rise));
    }

    /// <summary>Half a cosine wave between two values: from at 0, their mean at 0.5, to at 1.</summary>
    /// <param name="from">The value at 0.</param>
    /// <param name="to">The value at 1.</param>
    /// <param name="x">0 to 1.</param>
    public static double Wave(double from, double to, double x) => to + ((from - to) * (1 + Math.Cos(Math.PI * x)) / 2);

    internal static (double High, double Low, bool Moves) ReadMomentum(OptionReader o) =>
        (o.Within("momentum_high", High, 0, 1), o.Within("momentum_low", Low, 0, 1), o.Flag("cycle_momentum", true));
}
