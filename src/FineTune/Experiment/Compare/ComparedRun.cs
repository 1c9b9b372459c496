using System.Text.Json.Nodes;
using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Experiment.Ensembles;

namespace FineTune.Experiment.Compare;

/// <summary>A run, or a saved ensemble, among those that are compared.</summary>
/// <param name="Run">Its folder, as it was given.</param>
/// <param name="Summary">How it ended; null for a saved ensemble, which has neither a recipe nor epochs.</param>
/// <param name="Metrics">Its metrics, an object an epoch.</param>
public sealed record ComparedRun(string Run, RunSummary? Summary, IReadOnlyList<JsonNode> Metrics)
{
    /// <summary>What its result says about its validation images; null where they were not predicted.</summary>
    public Predictions? Predictions { get; init; }

    /// <summary>How good its result is on its validation images; null where neither its metrics nor predictions say it.</summary>
    public ComparedScore? Score => Summary is { } s ? new ComparedScore(s.Top1, s.Nll, s.Images)
        : Predictions is { } p && Evaluate.Score.Of(p) is var score ? new ComparedScore(score.Top1, score.Nll, score.N) : null;

    /// <summary>SHA-256 of the files of these images, in their order. Default: none.</summary>
    public IReadOnlyList<string> Hashes { get; init; } = [];

    /// <summary>How many different images these are.</summary>
    internal int Different => Hashes.Distinct(StringComparer.Ordinal).Count();

    /// <summary>Why there are no predictions, a sentence; null where there are, or none were asked for.</summary>
    public string? NotMeasured { get; init; }

    /// <summary>The ensemble of its snapshots; null where it has none.</summary>
    public EnsembleReport? Ensemble { get; init; }

    /// <summary>Which weights a saved ensemble is of, as "average of 5"; null for a run.</summary>
    public string? Members { get; init; }

    /// <summary>What is to be known of its images, a sentence each. Default: nothing.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Reads a run from its files, and measures its snapshots and, if that is asked for, its result.</summary>
    /// <param name="run">Its folder, or that of a saved ensemble, which is always measured.</param>
    /// <param name="predict">Whether its result is to predict its validation images.</param>
    /// <param name="ensemble">Whether its snapshots are measured, where it has some.</param>
    /// <param name="data">Where its images are; null: where they were.</param>
    /// <exception cref="FineTuneException">
    /// The folder holds neither a run nor a saved ensemble, none of the run's epochs has ended, or the ensemble cannot be measured.
    /// </exception>
    internal static ComparedRun Open(string run, bool predict, bool ensemble = true, string? data = null)
    {
        if (SavedEnsemble.Is(run))
        {
            var saved = new SavedEnsembleSession(run, data);
            return new ComparedRun(run, null, []) { Members = saved.Weights }.Measured(saved);
        }

        var folder = new Train.RunFolder(run);
        var read = new ComparedRun(run, RunSummary.Read(run), MetricsFile.Lines(folder));
        try
        {
            var session = new RunSession(run, data: data);
            if (ensemble && folder.Snapshots.Count > 0)
                read = read with { Ensemble = session.Ensemble(MemberSelection.Parse("all"), null), Notes = session.Notes };
            return predict ? read.Measured(session) : read;
        }
        catch (FineTuneException e)
        {
            return read with { NotMeasured = e.Message };
        }
    }

    private ComparedRun Measured(IResultSession session)
    {
        using var model = session.OpenResult();
        var (_, samples) = session.Samples();
        return this with
        {
            Predictions = session.Predict(model, samples, session.Inference(views: null, passes: null)),
            Hashes = session.HashesOf(samples),
            Notes = session.Notes,
        };
    }
}
