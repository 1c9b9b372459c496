namespace FineTune.Train;

/// <summary>Figures that a recipe's result is to have, and how they were obtained: `finetune reproduce` holds a run against them.</summary>
public sealed record ExpectOptions
{
    /// <summary>What can be expected, of the result on the validation images.</summary>
    public static IReadOnlyList<string> Metrics { get; } = ["val_top1", "val_nll", "val_ece"];

    /// <summary>Nothing.</summary>
    public static ExpectOptions None { get; } = new();

    /// <summary>A range by metric, its ends allowed. Default: none.</summary>
    public IReadOnlyDictionary<string, Interval> Ranges { get; init; } = new Dictionary<string, Interval>();

    /// <summary>The command, machine and seeds that gave the figures; null: not said.</summary>
    public string? How { get; init; }
}
