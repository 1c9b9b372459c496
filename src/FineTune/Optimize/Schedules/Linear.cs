namespace FineTune.Optimize.Schedules;

/// <summary>A straight line between two factors.</summary>
public static class Linear
{
    internal static ScheduleEntry Row { get; } = new(
        "linear",
        "linear: from + (to - from) min(t, over) / over",
        [
            new("from", "1", "the first factor, at least 0"),
            new("to", "0", "the last factor, at least 0"),
            new("over", "the run", "a duration"),
        ],
        (o, horizon) =>
        {
            var (from, to) = (o.Within("from", 1, 0, double.PositiveInfinity), o.Within("to", 0, 0, double.PositiveInfinity));
            var over = o.Words("over") is { } text ? horizon.ToStepsWithin("schedule's `over`", text) : horizon.Steps;
            return new Course(step => At(step, over, from, to));
        });

    /// <summary>from + (to - from) min(t, T) / T. With T = 100, 1 to 0: 1 at 0, 0.5 at 50, 0.01 at 99, 0 from 100 on.</summary>
    /// <param name="step">t, from 0.</param>
    /// <param name="steps">T, at least 1.</param>
    /// <param name="from">The factor at 0.</param>
    /// <param name="to">The factor from T on.</param>
    public static double At(long step, long steps, double from, double to) => from + ((to - from) * Math.Min(step, steps) / steps);
}
