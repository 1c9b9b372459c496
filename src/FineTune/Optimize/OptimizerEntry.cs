namespace FineTune.Optimize;

/// <summary>An optimizer that a recipe can name: one row of <see cref="Optimizers.Table"/>.</summary>
public sealed class OptimizerEntry
{
    internal OptimizerEntry(string name, string summary, IReadOnlyList<OptionInfo> options, Func<ParameterVector, IReadOnlyList<ParameterGroup>, OptionReader, Optimizer> create) =>
        (Name, Summary, Options, Create) = (name, summary, options, create);

    /// <summary>As a recipe writes it.</summary>
    public string Name { get; }

    /// <summary>What it does, in a line.</summary>
    public string Summary { get; }

    /// <summary>Its options beside those that all have.</summary>
    public IReadOnlyList<OptionInfo> Options { get; }

    internal Func<ParameterVector, IReadOnlyList<ParameterGroup>, OptionReader, Optimizer> Create { get; }
}
