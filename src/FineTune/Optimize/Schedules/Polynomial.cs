namespace FineTune.Optimize.Schedules;

/// <summary>"poly" of segmentation networks: a power of what is left of the run (Chen et al. 2017).</summary>
public static class Polynomial
{
    private const double DeepLabPower = 0.9; // Chen et al. 2017, section 3.1

    internal static ScheduleEntry Row { get; } = new(
        "polynomial",
        "polynomial decay: floor + (1 - floor) (1 - t / T)^power",
        [new("power", "0.9", "at least 0"), new("floor", "0", "the last factor, 0 to 1")],
        (o, horizon) =>
        {
            var power = o.Within("power", DeepLabPower, 0, double.PositiveInfinity);
            var floor = o.Within("floor", 0, 0, 1);
            return new Course(step => At(step, horizon.Steps, power, floor));
        });

    /// <summary>
    /// floor + (1 - floor) (1 - min(t, T) / T)^p. With T = 100, p = 2, no floor: 1 at 0, 0.25 at 50, 0.0001 at 99, 0 from 100 on.
    /// </summary>
    /// <param name="step">t, from 0.</param>
    /// <param name="steps">T, at least 1.</param>
    /// <param name="power">p, at least 0.</param>
    /// <param name="floor">What it ends at, 0 to 1.</param>
    public static double At(long step, long steps, double power, double floor) =>
        floor + ((1 - floor) * Math.Pow(1 - ((double)Math.Min(step, steps) / steps), power));
}
