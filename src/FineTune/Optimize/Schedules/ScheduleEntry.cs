namespace FineTune.Optimize.Schedules;

/// <summary>A factor on the learning rate as a pure function of the step.</summary>
/// <param name="step">Steps already taken: 0 for the first one.</param>
public delegate double Schedule(long step);

/// <summary>A schedule that a recipe can name: one row of <see cref="ScheduleTable.Table"/>.</summary>
public sealed class ScheduleEntry
{
    internal ScheduleEntry(string name, string summary, IReadOnlyList<OptionInfo> options, Func<OptionReader, Horizon, Schedule> create) =>
        (Name, Summary, Options, Create) = (name, summary, options, create);

    /// <summary>As a recipe writes it.</summary>
    public string Name { get; }

    /// <summary>What it does, in a line.</summary>
    public string Summary { get; }

    /// <summary>Its options.</summary>
    public IReadOnlyList<OptionInfo> Options { get; }

    internal Func<OptionReader, Horizon, Schedule> Create { get; }
}
