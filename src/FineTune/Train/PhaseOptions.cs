namespace FineTune.Train;

/// <summary>A part of a run as a recipe writes it; what it leaves out is the recipe's.</summary>
public sealed record PhaseOptions
{
    /// <summary>What trains in it, as a recipe's `trainable`; null: the recipe's.</summary>
    public string? Trainable { get; init; }

    /// <summary>Epochs, at least 1; null, in one phase at most: what the others leave of the recipe's.</summary>
    public int? Epochs { get; init; }

    /// <summary>Its update rule; null: the recipe's.</summary>
    public NamedSpec? Optimizer { get; init; }

    /// <summary>Factor on the learning rate of the rule, at least 0. Default 1.</summary>
    public double LrScale { get; init; } = 1;

    /// <summary>The learning-rate schedule of the phase; null: the recipe's, which covers the whole run.</summary>
    public NamedSpec? Schedule { get; init; }
}
