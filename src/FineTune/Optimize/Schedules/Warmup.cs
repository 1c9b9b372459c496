namespace FineTune.Optimize.Schedules;

/// <summary>A rise from a small factor in front of any schedule, which then has what is left of the run (Goyal et al. 2017).</summary>
public static class Warmup
{
    private const double TorchvisionFrom = 0.01; // torchvision's reference training: --lr-warmup-decay 0.01
    private const string LinearShape = "linear", ExponentialShape = "exponential";

    internal static IReadOnlyList<OptionInfo> Options { get; } =
    [
        new("warmup", "none", "a duration, less than the run; the schedule gets the rest"),
        new("warmup_from", "0.01", "the first factor, 0 to 1; above 0 for exponential"),
        new("warmup_shape", LinearShape, "linear or exponential"),
    ];

    /// <summary>f + (1 - f) t / W. With f = 0.1, W = 10: 0.1 at 0, 0.91 at 9; the schedule begins at 10.</summary>
    /// <param name="step">t, 0 to W.</param>
    /// <param name="steps">W, at least 1.</param>
    /// <param name="from">f.</param>
    public static double Linear(long step, long steps, double from) => Schedules.Linear.At(step, steps, from, 1);

    /// <summary>f^(1 - t / W). With f = 0.01, W = 10: 0.01 at 0, 0.1 at 5, 0.631 at 9; the schedule begins at 10.</summary>
    /// <param name="step">t, 0 to W.</param>
    /// <param name="steps">W, at least 1.</param>
    /// <param name="from">f, above 0.</param>
    public static double Exponential(long step, long steps, double from) => Math.Pow(from, 1 - ((double)step / steps));

    /// <summary>The schedule with the warm-up that its options ask for, which rises to the schedule's first factor.</summary>
    internal static Course InFront(OptionReader o, Horizon horizon, Func<Horizon, Course> create)
    {
        var exponential = (o.Words("warmup_shape") ?? LinearShape) switch
        {
            LinearShape => false,
            ExponentialShape => true,
            var other => throw Nearest.Unknown("value of the schedule's `warmup_shape`:", other, [LinearShape, ExponentialShape]),
        };
        var from = o.Within("warmup_from", TorchvisionFrom, exponential ? 1e-12 : 0, 1);
        if (o.Words("warmup") is not { } text || text is "0" or "none")
            return create(horizon);
        var steps = horizon.ToStepsInside("schedule's `warmup`", text);
        var rest = create(horizon with { Steps = horizon.Steps - steps });
        return rest with
        {
            Warmup = steps + rest.Warmup,
            Lr = step => step >= steps
                ? rest.Lr(step - steps)
                : rest.Lr(0) * (exponential ? Exponential(step, steps, from) : Linear(step, steps, from)),
            Momentum = step => rest.Momentum(Math.Max(0, step - steps)),
        };
    }
}
