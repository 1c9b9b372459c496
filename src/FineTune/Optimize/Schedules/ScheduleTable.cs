namespace FineTune.Optimize.Schedules;

/// <summary>The table of schedules: a new one is its formula in a file beside this one and a row here.</summary>
public static class ScheduleTable
{
    /// <summary>Every schedule.</summary>
    public static IReadOnlyList<ScheduleEntry> Table { get; } =
    [
        new("constant", "1 throughout", [], (_, _) => _ => 1),
        new(
            "step",
            "times `by` after each `every`",
            [new("every", "7 epochs", "a duration"), new("by", "0.1", "a factor, 0 to 1")],
            (o, horizon) =>
            {
                var every = horizon.ToSteps("schedule's `every`", o.Words("every") ?? "7 epochs");
                var by = o.Within("by", 0.1, 0, 1);
                return step => Math.Pow(by, step / every);
            }),
        new("cosine", "half a cosine wave from 1 to 0 over the run", [], (_, horizon) => step => Cosine.At(step, horizon.Steps)),
        new(
            "snapshot",
            "a cosine from 1 to 0 in each cycle, with a snapshot at its end",
            [new("cycles", "the recipe's snapshots, else 5", "how many cycles, at least 1")],
            (o, horizon) =>
            {
                var cycles = o.Integer("cycles", 5);
                _ = Cosine.SnapshotSteps(horizon.Steps, cycles);
                return step => Cosine.Snapshot(step, horizon.Steps, cycles);
            }),
    ];

    /// <summary>Makes the schedule of a recipe.</summary>
    /// <exception cref="FineTuneException">An unknown name or option, or a value that cannot work in this run.</exception>
    public static Schedule Create(NamedSpec spec, Horizon horizon)
    {
        var entry = Find(spec.Name);
        return entry.Create(new OptionReader(entry.Name, entry.Options, spec.Options), horizon);
    }

    /// <summary>The row of that name.</summary>
    /// <exception cref="FineTuneException">No such name; the nearest is offered.</exception>
    public static ScheduleEntry Find(string name) =>
        Table.FirstOrDefault(e => e.Name == name) ?? throw Nearest.Unknown("schedule", name, Table.Select(e => e.Name));
}
