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
        [
            new("cycles", "the recipe's snapshots, else 5", "number of cycles, at least 1"),
            new("growth", "1", "each cycle is so many times as long as the last, 1 to 10"),
        ],
        (o, horizon) =>
        {
            var (cycles, growth) = (o.Integer("cycles", 5), o.Within("growth", 1, 1, 10));
            if (growth == 1)
                return new Course(step => Snapshot(step, horizon.Steps, cycles)) { Ends = SnapshotSteps(horizon.Steps, cycles) };
            var ends = GrowingCycles(horizon.Steps, cycles, growth);
            return new Course(step => Growing(step, ends)) { Ends = ends };
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
            throw TooMany(cycles, steps);
        return [.. Enumerable.Range(1, cycles).Select(k => Math.Min(k * cycle, steps))];
    }

    /// <summary>
    /// The ends of cycles of which each is g times as long as the last (warm restarts, Loshchilov and Hutter 2017, fitted into
    /// the run): the k-th of M is T (g^k - 1) / (g^M - 1), rounded. With T = 70, M = 3, g = 2: 10, 30, 70.
    /// </summary>
    /// <param name="steps">T.</param>
    /// <param name="cycles">M, at least 1.</param>
    /// <param name="growth">g, above 1.</param>
    /// <exception cref="FineTuneException">A cycle would have no step.</exception>
    public static IReadOnlyList<long> GrowingCycles(long steps, int cycles, double growth)
    {
        long[] ends = [.. Enumerable.Range(1, Math.Max(1, cycles))
            .Select(k => (long)Math.Round(steps * (Math.Pow(growth, k) - 1) / (Math.Pow(growth, cycles) - 1)))];
        return cycles >= 1 && ends[0] >= 1 && ends.Zip(ends.Skip(1)).All(p => p.First < p.Second)
            ? ends
            : throw TooMany(cycles, steps);
    }

    /// <summary>The cosine of the cycle that a step is in.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="ends">The cycles' ends.</param>
    public static double Growing(long step, IReadOnlyList<long> ends)
    {
        var k = 0;
        while (k < ends.Count - 1 && step >= ends[k])
            k++;
        var start = k == 0 ? 0 : ends[k - 1];
        return At(step - start, ends[k] - start);
    }

    private static FineTuneException TooMany(int cycles, long steps) =>
        new($"{cycles} snapshots cannot be taken in {steps} steps; give more epochs or fewer snapshots.");

    private static long CycleLength(long steps, int cycles) => (steps + cycles - 1) / Math.Max(1, cycles);
}
