namespace FineTune.Optimize.Schedules;

/// <summary>
/// One-cycle as its paper draws it (Smith 2018): straight up, as long straight down, and a last phase far below. With two phases
/// and cosines it is PyTorch's OneCycleLR.
/// </summary>
public static class OneCyclePhases
{
    internal static ScheduleEntry Row { get; } = new(
        "one-cycle-paper",
        "the paper's: linear up, linear down, then down to a much lower rate; momentum in the opposite direction",
        [
            new("div", "10", "1 / the first factor, at least 1"),
            new("div_final", "100", "the first factor / the last, at least 1"),
            new("pct_start", "0.45", "fraction of the run with a rising rate, above 0 and below 1; below 0.5 with three phases"),
            new("phases", "3", "3, or 2 as in fastai"),
            new("anneal", "linear", "linear or cos"),
            .. OneCycle.MomentumOptions,
        ],
        (o, horizon) =>
        {
            var first = 1 / o.Within("div", 10, 1, double.MaxValue);
            var last = first / o.Within("div_final", 100, 1, double.MaxValue);
            var three = o.Integer("phases", 3) == 3;
            _ = o.Within("phases", 3, 2, 3);
            var rise = o.Within("pct_start", 0.45, 1e-6, three ? 0.5 : 1 - 1e-6);
            var cosine = (o.Words("anneal") ?? "linear") switch
            {
                "linear" => false,
                "cos" => true,
                var other => throw Nearest.Unknown("value of the schedule's `anneal`:", other, ["linear", "cos"]),
            };
            var ends = Ends(horizon.Steps, rise, three);
            var (high, low, moves) = OneCycle.ReadMomentum(o);
            double[] lr = three ? [first, 1, first, last] : [first, 1, last];
            double[] momentum = three ? [high, low, high, high] : [high, low, high];
            return new Course(step => At(step, ends, lr, cosine)) { Momentum = step => moves ? At(step, ends, momentum, cosine) : null };
        });

    /// <summary>
    /// The last step of each phase, as PyTorch counts: p T - 1, 2 p T - 2 (of three), T - 1. With T = 100, p = 0.45: 44, 88, 99.
    /// </summary>
    /// <exception cref="FineTuneException">A phase would have no step.</exception>
    public static IReadOnlyList<double> Ends(long steps, double rise, bool three)
    {
        var up = rise * steps;
        double[] ends = three ? [up - 1, (2 * up) - 2, steps - 1] : [up - 1, steps - 1];
        if (ends[0] <= 0 || ends[^1] <= ends[^2])
        {
            throw new FineTuneException($"The run's {steps} steps are too few for the {ends.Length} phases of one-cycle-paper with "
                + $"pct_start {OptionReader.Text(rise)}.");
        }
        return ends;
    }

    /// <summary>
    /// From value to value, a phase at a time. With ends 44, 88, 99 and values 0.1, 1, 0.1, 0.001 in straight lines: 0.1 at 0,
    /// 1 at 44, 0.9795 at 45, 0.1 at 88, 0.001 at 99 and after.
    /// </summary>
    /// <param name="step">t, from 0.</param>
    /// <param name="ends">The last step of each phase, rising, above 0.</param>
    /// <param name="values">The value at 0 and at each end: one more than ends.</param>
    /// <param name="cosine">Half cosines in place of straight lines.</param>
    public static double At(long step, IReadOnlyList<double> ends, IReadOnlyList<double> values, bool cosine)
    {
        var t = Math.Min(step, ends[^1]);
        var k = 0;
        while (t > ends[k])
            k++;
        var start = k == 0 ? 0 : ends[k - 1];
        var x = (t - start) / (ends[k] - start);
        return cosine ? OneCycle.Wave(values[k], values[k + 1], x) : values[k] + ((values[k + 1] - values[k]) * x);
    }
}
