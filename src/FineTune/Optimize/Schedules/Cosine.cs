namespace FineTune.Optimize.Schedules;

/// <summary>Half a wave from 1 to 0 (Loshchilov and Hutter 2017), whole or in cycles.</summary>
public static class Cosine
{
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
