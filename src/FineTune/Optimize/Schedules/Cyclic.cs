namespace FineTune.Optimize.Schedules;

/// <summary>Up and down between two learning rates in straight lines (Smith 2015, "Cyclical learning rates").</summary>
public static class Cyclic
{
    private const string Triangular = "triangular", Triangular2 = "triangular2";

    internal static ScheduleEntry Row { get; } = new(
        "cyclic",
        "up from `low` to 1 and down again; triangular2 halves the height after each cycle",
        [
            new("low", "0.1", "the lower factor, 0 to 1"),
            new("up", "2 epochs", "length of the increase, a duration; 2 to 10 epochs in the paper"),
            new("down", "as up", "length of the decrease, a duration"),
            new("mode", Triangular, "triangular or triangular2"),
        ],
        (o, horizon) =>
        {
            var low = o.Within("low", 0.1, 0, 1);
            var up = horizon.ToStepsWithin("schedule's `up`", o.Words("up") ?? "2 epochs");
            var down = o.Words("down") is { } text ? horizon.ToStepsWithin("schedule's `down`", text) : up;
            var halves = (o.Words("mode") ?? Triangular) switch
            {
                Triangular => false,
                Triangular2 => true,
                var other => throw Nearest.Unknown("value of the schedule's `mode`:", other, [Triangular, Triangular2]),
            };
            return new Course(step => At(step, up, down, low, halves));
        });

    /// <summary>
    /// low + (1 - low) h / 2^i: h rises from 0 to 1 in `up` steps and falls in `down`; i counts cycles, and is 0 without halving.
    /// With up = down = 10, low = 0.1: 0.1 at 0, 1 at 10, 0.91 at 11, 0.1 at 20; halved, 0.55 at 30.
    /// </summary>
    /// <param name="step">t, from 0.</param>
    /// <param name="up">At least 1.</param>
    /// <param name="down">At least 1.</param>
    /// <param name="low">The lower factor, 0 to 1.</param>
    /// <param name="halves">triangular2.</param>
    public static double At(long step, long up, long down, double low, bool halves)
    {
        var (cycle, t) = Math.DivRem(step, up + down);
        var height = t <= up ? (double)t / up : (double)(up + down - t) / down;
        return Cosine.Above(low, halves ? height * Math.Pow(2, -cycle) : height);
    }
}
