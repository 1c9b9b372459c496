namespace FineTune.Optimize.Schedules;

/// <summary>A schedule that a recipe can name: one row of <see cref="ScheduleTable.Table"/>.</summary>
public sealed class ScheduleEntry
{
    internal ScheduleEntry(string name, string summary, IReadOnlyList<OptionInfo> options, Func<OptionReader, Horizon, Course> create) =>
        (Name, Summary, Options, Create, Example) = (name, summary, options, create, new NamedSpec(name));

    /// <summary>As a recipe writes it.</summary>
    public string Name { get; }

    /// <summary>What it does, in a line.</summary>
    public string Summary { get; }

    /// <summary>Its options, beside those that all have.</summary>
    public IReadOnlyList<OptionInfo> Options { get; }

    /// <summary>What a picture of it shows: the defaults, where they show anything.</summary>
    public NamedSpec Example { get; internal init; }

    internal Func<OptionReader, Horizon, Course> Create { get; }
}
