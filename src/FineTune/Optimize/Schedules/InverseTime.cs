namespace FineTune.Optimize.Schedules;

/// <summary>1/t decay, a step at a time: a0 / (1 + k t), which Robbins and Monro's conditions allow.</summary>
public static class InverseTime
{
    internal static ScheduleEntry Row { get; } = new(
        "inverse-time",
        "1 / (1 + k t), t in epochs",
        [new("k", "1", "at least 0")],
        (o, horizon) =>
        {
            var k = o.Within("k", 1, 0, double.PositiveInfinity) / horizon.StepsPerEpoch;
            return new Course(step => At(step, k));
        });

    /// <summary>1 / (1 + k t). With k = 0.1: 1 at 0, 0.909 at 1, 0.5 at 10, 0.476 at 11.</summary>
    /// <param name="step">t, from 0.</param>
    /// <param name="k">A step's share, at least 0.</param>
    public static double At(long step, double k) => 1 / (1 + (k * step));
}
