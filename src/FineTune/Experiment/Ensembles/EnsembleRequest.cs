using FineTune.Distributed;
using FineTune.Ensemble;

namespace FineTune.Experiment.Ensembles;

/// <summary>What an ensemble is made of, and how.</summary>
public sealed record EnsembleRequest
{
    /// <summary>Folders of runs, at least one; the first one's images are measured.</summary>
    public required IReadOnlyList<string> Runs { get; init; }

    /// <summary>Further members: weights FILE or MODEL=FILE.</summary>
    public IReadOnlyList<string> Weights { get; init; } = [];

    /// <summary>
    /// Whether each run contributes its snapshots, or its result; null: a single run its snapshots, several their results.
    /// </summary>
    public bool? Snapshots { get; init; }

    /// <summary>Which of all these are members. Default: all.</summary>
    public MemberSelection Selection { get; init; } = MemberSelection.All;

    /// <summary>A method of <see cref="EnsembleSession.Methods"/>. Default: average.</summary>
    public string Method { get; init; } = Combination.Table[0].Name;

    /// <summary>Views of each image, as <see cref="Evaluate.TestViews.Parse"/> takes them; null: one.</summary>
    public string? Views { get; init; }

    /// <summary>Draws of the stochastic layers; null: none.</summary>
    public int? Passes { get; init; }

    /// <summary>
    /// Folders of runs on the same images that <see cref="EnsembleSession.Compare"/> holds the ensemble against, such as one that
    /// was trained as long without snapshots.
    /// </summary>
    public IReadOnlyList<string> Against { get; init; } = [];

    /// <summary>The processes that divide the images among them. Default: this one alone.</summary>
    public ICommunicator Ranks { get; init; } = OneProcess.Instance;

    /// <summary>Where the images are; null: where the runs have them.</summary>
    public string? Data { get; init; }
}
