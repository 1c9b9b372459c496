namespace FineTune.Experiment.Sweeps;

/// <summary>Which configurations are trained how far: a function of the plan and of the runs' metrics alone.</summary>
internal static class Halving
{
    /// <summary>The steps of each bracket; none where all are trained to their end.</summary>
    /// <param name="spec">What the sweep says.</param>
    /// <param name="epochs">Of a whole run.</param>
    /// <exception cref="FineTuneException">A run is not long enough for a choice on the way.</exception>
    public static IReadOnlyList<IReadOnlyList<SweepRung>> Ladder(SweepSpec spec, int epochs)
    {
        if (spec.Halving is not { } halving)
            return [];
        if (halving.First >= epochs)
        {
            throw new FineTuneException(
                $"The first choice is to be made after {halving.First} epochs, and a run has {epochs}; give a smaller `first`.");
        }

        var most = 0; // choices on the way
        for (long at = halving.First; at * halving.Keep <= epochs; at *= halving.Keep)
            most++;
        if (halving.Brackets)
        {
            return
            [
                .. Enumerable.Range(0, most + 1)
                    .Select(k => Bracket(halving.Keep, most - k, Begun(halving.Keep, most - k, most), epochs)),
            ];
        }

        var count = spec.Runs ?? SearchPoints.Of(spec, null).Count;
        if (most == 0) // one choice, as late as is asked for
            return [[new SweepRung(halving.First, count), new SweepRung(0, Math.Max(1, count / halving.Keep))]];
        return [Bracket(halving.Keep, most, count, epochs)];
    }

    /// <summary>Configurations, divided among brackets in order.</summary>
    public static IReadOnlyList<SweepBracket> Brackets(IReadOnlyList<IReadOnlyList<SweepRung>> ladder, int configurations)
    {
        var all = Enumerable.Range(1, configurations);
        if (ladder.Count == 0)
            return [new SweepBracket([.. all], [new SweepRung(0, configurations)])];
        var brackets = new List<SweepBracket>();
        var begun = 0;
        foreach (var rungs in ladder)
        {
            int[] own = [.. all.Skip(begun).Take(rungs[0].Count)]; // fewer in the last, where the search found no more
            begun += own.Length;
            if (own.Length > 0)
                brackets.Add(new SweepBracket(own, [.. rungs.Select(r => r with { Count = Math.Min(r.Count, own.Length) })]));
        }

        return brackets;
    }

    /// <summary>Configurations that Hyperband begins a bracket of so many choices with (Li et al. 2018, algorithm 1).</summary>
    private static int Begun(int keep, int choices, int most) => (int)Math.Ceiling((most + 1.0) / (choices + 1) * Math.Pow(keep, choices));

    private static SweepRung[] Bracket(int keep, int choices, int count, int epochs) =>
    [
        .. Enumerable.Range(0, choices + 1).Select(i => new SweepRung(
            i == choices ? 0 : Math.Max(1, (int)Math.Round(epochs / Math.Pow(keep, choices - i))),
            Math.Max(1, (int)Math.Floor(count / Math.Pow(keep, i))))),
    ];

    /// <summary>What is to be trained next, and how far each configuration has come.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="stateOf">Where a task stands.</param>
    public static SweepProgress Progress(SweepPlan plan, Func<SweepTask, TaskState> stateOf)
    {
        var pending = new List<SweepWork>();
        var reached = new int[plan.Configurations.Count + 1];
        var states = plan.Tasks.ToDictionary(t => t.Number, stateOf);
        foreach (var bracket in plan.Brackets)
        {
            var alive = bracket.Configurations;
            foreach (var (rung, k) in bracket.Rungs.Select((r, k) => (r, k)))
            {
                if (k > 0)
                    alive = [.. Best(plan, states, alive, bracket.Rungs[k - 1].Epochs).Take(rung.Count)];
                foreach (var configuration in alive)
                    reached[configuration] = k;
                var open = alive.SelectMany(plan.Of).Where(t => !states[t.Number].Reached(rung.Epochs)).ToArray();
                pending.AddRange(open.Select(t => new SweepWork(t.Number, rung.Epochs)));
                if (open.Length > 0)
                    break; // the next choice is made when all are there
            }
        }

        return new SweepProgress(pending, states, reached);
    }

    /// <summary>Configurations of which no run has failed, the best first.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="states">Of its tasks.</param>
    /// <param name="among">Which.</param>
    /// <param name="epochs">After which; 0: at their end.</param>
    internal static IEnumerable<int> Best(SweepPlan plan, IReadOnlyDictionary<int, TaskState> states, IReadOnlyList<int> among, int epochs)
    {
        var sign = plan.ByTop1 ? -1 : 1;
        return among.Select(c => (Configuration: c, Scores: plan.Of(c).Select(t => states[t.Number].After(epochs)).ToArray()))
            .Where(c => c.Scores.All(s => s is not null))
            .OrderBy(c => sign * c.Scores.Average(s => s!.Of(plan.Choose)))
            .ThenBy(c => c.Scores.Average(s => s!.Nll))
            .ThenBy(c => c.Configuration)
            .Select(c => c.Configuration);
    }
}

/// <summary>A task that is to be trained.</summary>
/// <param name="Task">Its number.</param>
/// <param name="Epochs">How far; 0: to its end.</param>
public sealed record SweepWork(int Task, int Epochs);

/// <summary>How far a sweep has come.</summary>
/// <param name="Pending">What is to be trained now; none: it has come to its end.</param>
/// <param name="States">Of its tasks, by number.</param>
/// <param name="Rungs">The step of halving that each configuration has reached, by number.</param>
internal sealed record SweepProgress(
    IReadOnlyList<SweepWork> Pending, IReadOnlyDictionary<int, TaskState> States, IReadOnlyList<int> Rungs);
