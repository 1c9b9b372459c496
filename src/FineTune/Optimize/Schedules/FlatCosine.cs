namespace FineTune.Optimize.Schedules;

/// <summary>Flat, then half a cosine wave: fastai's fit_flat_cos.</summary>
public static class FlatCosine
{
    internal static ScheduleEntry Row { get; } = new(
        "flat-cosine",
        "constant, then cosine annealing to floor",
        [new("flat", "75%", "a duration, less than the run"), Cosine.FloorOption],
        (o, horizon) =>
        {
            var flat = horizon.ToStepsInside("schedule's `flat`", o.Words("flat") ?? "75%");
            var floor = o.Within("floor", 0, 0, 1);
            return new Course(step => Cosine.Above(floor, At(step, horizon.Steps, flat)));
        });

    /// <summary>
    /// 1 for F steps, then (cos(pi (t - F) / (T - F)) + 1) / 2. With T = 100, F = 75: 1 at 0 and 75, 0.996 at 76, 0 from 100 on.
    /// </summary>
    /// <param name="step">t, from 0.</param>
    /// <param name="steps">T, more than F.</param>
    /// <param name="flat">F, at least 0.</param>
    public static double At(long step, long steps, long flat) => Cosine.At(Math.Max(0, step - flat), steps - flat);
}
