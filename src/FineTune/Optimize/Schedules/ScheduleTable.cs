namespace FineTune.Optimize.Schedules;

/// <summary>The table of schedules: a new one is its formula in a file beside this one and a row here.</summary>
public static class ScheduleTable
{
    /// <summary>Options that every schedule has.</summary>
    public static IReadOnlyList<OptionInfo> Common => Warmup.Options;

    /// <summary>Every schedule.</summary>
    public static IReadOnlyList<ScheduleEntry> Table { get; } =
    [
        Constant.Row,
        StepDecay.Row,
        MultiStep.Row,
        Exponential.Row,
        InverseTime.Row,
        Linear.Row,
        Polynomial.Row,
        Cosine.Row,
        Restarts.Row,
        Cosine.SnapshotRow,
        FastGeometric.Row,
        Cyclic.Row,
        OneCycle.Row,
        OneCyclePhases.Row,
        FlatCosine.Row,
        Plateau.Row,
        Sequence.Row,
    ];

    /// <summary>Makes the schedule of a recipe.</summary>
    /// <exception cref="FineTuneException">An unknown name or option, or a value that cannot work in this run.</exception>
    public static Course Create(NamedSpec spec, Horizon horizon)
    {
        var entry = Find(spec.Name);
        var options = new OptionReader(entry.Name, [.. Common, .. entry.Options], spec.Options);
        return Warmup.InFront(options, horizon, rest => entry.Create(options, rest));
    }

    /// <summary>The row of that name.</summary>
    /// <exception cref="FineTuneException">No such name; the nearest is offered.</exception>
    public static ScheduleEntry Find(string name) =>
        Table.FirstOrDefault(e => e.Name == name) ?? throw Nearest.Unknown("schedule", name, Table.Select(e => e.Name));
}
