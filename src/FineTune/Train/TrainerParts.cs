using FineTune.Distributed;
using FineTune.Models;
using FineTune.Optimize;
using FineTune.Optimize.Schedules;
using FineTune.Train.Losses;
using FineTune.Train.Sources;
using FineTune.Transfer;

namespace FineTune.Train;

/// <summary>What the loop works with in a phase: all of it made from a recipe, none of it by the loop.</summary>
public sealed record TrainerParts
{
    /// <summary>The recipe.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>The part of the run that these are for.</summary>
    public required Phase Phase { get; init; }

    /// <summary>The network, its head for the data's classes.</summary>
    public required Network Network { get; init; }

    /// <summary>Where learning starts.</summary>
    public FreezeLine Line => Phase.Line;

    /// <summary>The network's parameters.</summary>
    public required ParameterVector Vector { get; init; }

    /// <summary>The update rule.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>The learning-rate schedule.</summary>
    public required Course Schedule { get; init; }

    /// <summary>What is lowered.</summary>
    public required Loss Loss { get; init; }

    /// <summary>What a teacher says of the training images; null where there is none.</summary>
    public SoftLabels? SoftLabels { get; init; }

    /// <summary>What it learns from.</summary>
    public required ITrainingSource Training { get; init; }

    /// <summary>What it is watched on.</summary>
    public required IValidationSource Validation { get; init; }

    /// <summary>Class names.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Where the run is kept. Rank 0 alone writes there.</summary>
    public required RunFolder Folder { get; init; }

    /// <summary>The processes that train together. Default: this one.</summary>
    public ICommunicator Ranks { get; init; } = OneProcess.Instance;

    /// <summary>Whether this is the process that writes.</summary>
    internal bool Writes => Ranks.Rank == 0;
}
