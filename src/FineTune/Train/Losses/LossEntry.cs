namespace FineTune.Train.Losses;

/// <summary>A loss that a recipe can name: one row of <see cref="LossTable.Table"/>.</summary>
public sealed class LossEntry
{
    internal LossEntry(
        string name, string summary, IReadOnlyList<OptionInfo> options, Func<OptionReader, IReadOnlyList<double>?, double, Loss> create) =>
        (Name, Summary, Options, Create) = (name, summary, options, create);

    /// <summary>As a recipe writes it.</summary>
    public string Name { get; }

    /// <summary>What it is, in a line.</summary>
    public string Summary { get; }

    /// <summary>Its options, beside those that all have.</summary>
    public IReadOnlyList<OptionInfo> Options { get; }

    /// <summary>From its options, the classes' weights (null: all equal) and the label smoothing.</summary>
    internal Func<OptionReader, IReadOnlyList<double>?, double, Loss> Create { get; }
}
