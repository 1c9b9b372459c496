namespace FineTune.Optimize.Schedules;

/// <summary>Exponential decay, a step at a time: a0 exp(-k t).</summary>
public static class Exponential
{
    private const double DefaultK = 0.1;

    internal static ScheduleEntry Row { get; } = new(
        "exponential",
        "exp(-k t), t in epochs",
        [new("k", "0.1", "decay per epoch, at least 0"), new("half_life", "none", "instead of k: the duration in which the factor halves")],
        (o, horizon) =>
        {
            if (o.Words("half_life") is not { } halfLife)
            {
                var k = o.Within("k", DefaultK, 0, double.PositiveInfinity) / horizon.StepsPerEpoch;
                return new Course(step => At(step, k));
            }

            if (o.Words("k") is not null)
                throw new FineTuneException("The schedule exponential has both k and half_life; give one.");
            var half = horizon.ToSteps("schedule's `half_life`", halfLife);
            return new Course(step => At(step, Math.Log(2) / half));
        });

    /// <summary>exp(-k t). With k = 0.1: 1 at 0, 0.905 at 1, 0.368 at 10. With a half-life of h, k = ln 2 / h: 0.5 at h.</summary>
    /// <param name="step">t, from 0.</param>
    /// <param name="k">Decay a step, at least 0.</param>
    public static double At(long step, double k) => Math.Exp(-k * step);
}
