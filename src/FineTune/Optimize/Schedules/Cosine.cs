namespace FineTune.Optimize.Schedules;

/// <summary>Half a wave from 1 to 0 (Loshchilov and Hutter 2017), whole or in cycles.</summary>
public static class Cosine
{
    internal static readonly OptionInfo FloorOption = new("floor", "0", "the last factor, 0 to 1");

    internal static ScheduleEntry Row { get; } = new(
        "cosine",
        "cosine annealing from 1 to floor over the run",
        [FloorOption],
        (o, horizon) =>
        {
            var floor = o.Within("floor", 0, 0, 1);
            return new Course(step => Above(floor, At(step, horizon.Steps)));
        });

    internal static ScheduleEntry SnapshotRow { get; } = new(
        "snapshot",
        "a cosine from 1 to 0 in each cycle, with a snapshot at its end",
        [new("cycles", "the recipe's snapshots, else 5", "number of cycles, at least 1")],
        (o, horizon) =>
        {
            var cycles = o.Integer("cycles", 5);
            _ = SnapshotSteps(horizon.Steps, cycles);
            return new Course(step => Snapshot(step, horizon.Steps, cycles));
        });

    /// <summary>Squeezes 0..1 into floor..1. With a floor of 0.1: 0.1 at 0, 0.55 at 0.5, 1 at 1.</summary>
    /// <param name="floor">0 to 1.</param>
    /// <param name="value">0 to 1.</param>
    public static double Above(double floor, double value) => floor + ((1 - floor) * value);

    /// <summary>
    /// (cos(pi * t / T) + 1) / 2. With T = 100: 1 at 0, 0.5 at 50, 0.00025 at 99, 0 from 100 on.
    /// </summary>
    /// <param name="step">t, from 0.</param>
    /// <param name="steps">T, at least 1.</param>
    public static double At(long step, long steps) => (Math.Cos(Math.PI * Math.Min(step, steps) / steps) + 1) / 2;

    /// <summary>
    /// Snapshot ensembles (Huang et al. 2017, equation 2), an iteration at a time: (cos(pi * mod(t - 1, C) / C) + 1) / 2 with
    /// C = ceil(T / M). With T = 10, M = 2: 1 at the first step, 0.095 at the fifth, 1 again at the sixth. The last cycle is
    /// shorter where M does not divide T.
    /// </summary>
    /// <param name="step">t - 1, from 0.</param>
    /// <param name="steps">T, at least M.</param>
    /// <param name="cycles">M, at least 1.</param>
    public static double Snapshot(long step, long steps, int cycles)
    {
        var cycle = CycleLength(steps, cycles);
        return At(step % cycle, cycle);
    }

    /// <summary>The numbers of steps after which a snapshot is taken: the end of each cycle, the last at the end of the run.</summary>
    /// <exception cref="FineTuneException">There are fewer cycles than snapshots.</exception>
    public static IReadOnlyList<long> SnapshotSteps(long steps, int cycles)
    {
        var cycle = CycleLength(steps, cycles);
        if (cycles < 1 || (steps + cycle - 1) / cycle != cycles)
            throw new FineTuneException($"{cycles} snapshots cannot be taken in {steps} steps; give more epochs or fewer snapshots.");
        return [.. Enumerable.Range(1, cycles).Select(k => Math.Min(k * cycle, steps))];
    }

    private static long CycleLength(long steps, int cycles) => (steps + cycles - 1) / Math.Max(1, cycles);
}
