namespace FineTune.Optimize.Schedules;

/// <summary>
/// Fast geometric ensembling (Garipov et al. 2018): ordinary training first, then short triangles between two learning rates,
/// with a snapshot wherever the rate is lowest.
/// </summary>
public static class FastGeometric
{
    internal static ScheduleEntry Row { get; } = new(
        "fge",
        "a cosine from 1 to low, then triangles between high and low with a snapshot at each low (fast geometric ensembling)",
        [
            new("cycles", "the recipe's snapshots, else 5", "number of triangles, at least 1"),
            new("start", "80%", "length of the cosine in front, a duration"),
            new("high", "0.5", "the upper factor, 0 to 1"),
            new("low", "0.005", "the lower factor, 0 to high"),
        ],
        (o, horizon) =>
        {
            var cycles = o.Integer("cycles", 5);
            var start = horizon.ToStepsInside("schedule's `start`", o.Words("start") ?? "80%");
            var high = o.Within("high", 0.5, 0, 1);
            var low = o.Within("low", 0.005, 0, high);
            var ends = Lows(horizon.Steps, start, cycles);
            return new Course(step => At(step, start, ends, high, low)) { Ends = ends };
        });

    /// <summary>
    /// The steps after which the rate is lowest: in the middle of each of M triangles of the same length. The run ends with the
    /// last one's low: a triangle has (T - S) / (M - 1/2) steps. With T = 100, S = 55, M = 5: 60, 70, 80, 90, 100.
    /// </summary>
    /// <param name="steps">T.</param>
    /// <param name="start">S, below T.</param>
    /// <param name="cycles">M, at least 1.</param>
    /// <exception cref="FineTuneException">A triangle would have less than two steps.</exception>
    public static IReadOnlyList<long> Lows(long steps, long start, int cycles)
    {
        var length = (steps - start) / (Math.Max(1, cycles) - 0.5);
        if (cycles < 1 || length < 2)
        {
            throw new FineTuneException($"{cycles} triangles do not fit into the last {steps - start} of {steps} steps; give more epochs, "
                + "fewer snapshots or an earlier `start`.");
        }
        return [.. Enumerable.Range(0, cycles).Select(k => k == cycles - 1 ? steps : start + (long)Math.Round((k + 0.5) * length))];
    }

    /// <summary>
    /// A cosine from 1 to low in S steps; then from high to low in straight lines, up again and down again (Garipov et al. 2018,
    /// section 5), each low at the last step before an end. With S = 55, ends 60, 70 ..., high 0.5, low 0.1: 0.5 at 55, 0.1 at
    /// 59, 0.5 at 64, 0.1 at 69.
    /// </summary>
    /// <param name="step">From 0.</param>
    /// <param name="start">S.</param>
    /// <param name="ends">By <see cref="Lows"/>.</param>
    /// <param name="high">The upper factor.</param>
    /// <param name="low">The lower factor.</param>
    public static double At(long step, long start, IReadOnlyList<long> ends, double high, double low)
    {
        if (step < start)
            return Cosine.Above(low, Cosine.At(step, start));
        var k = 0;
        while (k < ends.Count - 1 && step >= ends[k])
            k++;
        var last = ends[k] - 1; // the step that has the low
        if (k == 0)
            return Schedules.Linear.At(Math.Min(step, last) - start, Math.Max(1, last - start), high, low);
        var before = ends[k - 1] - 1;
        var middle = before + ((last - before) / 2);
        return step <= middle
            ? Schedules.Linear.At(step - before, middle - before, low, high)
            : Schedules.Linear.At(Math.Min(step, last) - middle, last - middle, high, low);
    }
}
