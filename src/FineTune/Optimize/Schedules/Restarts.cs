namespace FineTune.Optimize.Schedules;

/// <summary>SGDR: a cosine that starts again, each time longer (Loshchilov and Hutter 2017).</summary>
public static class Restarts
{
    internal static ScheduleEntry Row { get; } = new(
        "restarts",
        "cosine annealing with warm restarts, each cycle `mult` times as long as the last (SGDR)",
        [
            new("first", "1 epoch", "length of the first cycle, a duration"),
            new("mult", "2", "a whole number, 1 to 1000"),
            Cosine.FloorOption,
        ],
        (o, horizon) =>
        {
            var first = horizon.ToStepsWithin("schedule's `first`", o.Words("first") ?? "1 epoch");
            var mult = o.Integer("mult", 2);
            _ = o.Within("mult", 2, 1, 1000);
            var floor = o.Within("floor", 0, 0, 1);
            return new Course(step => Cosine.Above(floor, At(step, first, mult)));
        });

    /// <summary>
    /// (cos(pi * t_i / T_i) + 1) / 2, T_i = T_0 mult^i, t_i steps since the restart. With T_0 = 10, mult = 2: 1 at 0, 0.024 at 9,
    /// 1 again at 10, 0.994 at 11, 1 again at 30.
    /// </summary>
    /// <param name="step">t, from 0.</param>
    /// <param name="first">T_0, at least 1.</param>
    /// <param name="mult">At least 1.</param>
    public static double At(long step, long first, int mult)
    {
        if (mult == 1)
            return Cosine.At(step % first, first);
        var length = first;
        while (step >= length)
        {
            step -= length;
            length *= mult;
        }

        return Cosine.At(step, length);
    }
}
