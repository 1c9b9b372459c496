namespace FineTune.Optimize.Schedules;

/// <summary>Times a factor after each so many steps.</summary>
public static class StepDecay
{
    internal static ScheduleEntry Row { get; } = new(
        "step",
        "multiplied by `by` every `every`: by^floor(t / every)",
        [new("every", "7 epochs", "a duration"), new("by", "0.1", "a factor, 0 to 1")],
        (o, horizon) =>
        {
            var every = horizon.ToSteps("schedule's `every`", o.Words("every") ?? "7 epochs");
            var by = o.Within("by", 0.1, 0, 1);
            return new Course(step => At(step, every, by));
        });

    /// <summary>by^floor(t / every). With every = 30, by = 0.1: 1 at 0, 1 at 29, 0.1 at 30 and 31.</summary>
    /// <param name="step">t, from 0.</param>
    /// <param name="every">Steps between drops, at least 1.</param>
    /// <param name="by">The factor, 0 to 1.</param>
    public static double At(long step, long every, double by) => Math.Pow(by, step / every);
}
