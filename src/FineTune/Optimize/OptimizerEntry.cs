namespace FineTune.Optimize;

/// <summary>An optimizer that a recipe can name: one row of <see cref="Optimizers.Table"/>.</summary>
public sealed class OptimizerEntry
{
    /// <summary>A row for a rule of one weight at a time.</summary>
    internal OptimizerEntry(
        string name, string summary, double defaultLr, IReadOnlyList<OptionInfo> options, Func<OptionReader, IElementwise> rule)
        : this(name, summary, defaultLr, options, (vector, groups, o) => rule(o).Optimizer(vector, groups)) => Rule = rule;

    /// <summary>A row for any other optimizer.</summary>
    internal OptimizerEntry(
        string name,
        string summary,
        double defaultLr,
        IReadOnlyList<OptionInfo> options,
        Func<ParameterVector, IReadOnlyList<ParameterGroup>, OptionReader, Optimizer> create) =>
        (Name, Summary, DefaultLr, Options, Create) = (name, summary, defaultLr, options, create);

    /// <summary>As a recipe writes it.</summary>
    public string Name { get; }

    /// <summary>What it does, in a line.</summary>
    public string Summary { get; }

    /// <summary>
    /// The learning rate of a recipe that gives none: one that fine-tunes the shipped demo (scripts/bench/rules-demo.sh).
    /// </summary>
    public double DefaultLr { get; }

    /// <summary>The same where it depends on the other options; null: it does not.</summary>
    internal Func<OptionReader, double>? DefaultLrOf { get; init; }

    /// <summary>Its options beside those that all have.</summary>
    public IReadOnlyList<OptionInfo> Options { get; }

    internal Func<ParameterVector, IReadOnlyList<ParameterGroup>, OptionReader, Optimizer> Create { get; }

    internal Func<OptionReader, IElementwise>? Rule { get; }
}
