using System.Text.Json.Nodes;
using FineTune.Ensemble;
using FineTune.Evaluate;

namespace FineTune.Experiment.Compare;

/// <summary>A run among those that are compared.</summary>
/// <param name="Run">Its folder, as it was given.</param>
/// <param name="Summary">How it ended.</param>
/// <param name="Metrics">Its metrics, an object an epoch.</param>
public sealed record ComparedRun(string Run, RunSummary Summary, IReadOnlyList<JsonNode> Metrics)
{
    /// <summary>What its result says about its validation images; null where they were not predicted.</summary>
    public Predictions? Predictions { get; init; }

    /// <summary>SHA-256 of the files of these images, in their order. Default: none.</summary>
    public IReadOnlyList<string> Hashes { get; init; } = [];

    /// <summary>Why there are no predictions, a sentence; null where there are, or none were asked for.</summary>
    public string? NotMeasured { get; init; }

    /// <summary>The ensemble of its snapshots; null where it has none.</summary>
    public EnsembleReport? Ensemble { get; init; }

    /// <summary>What is to be known of its images, a sentence each. Default: nothing.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Reads a run from its files, and measures its snapshots and, if that is asked for, its result.</summary>
    /// <param name="run">Its folder.</param>
    /// <param name="predict">Whether its result is to predict its validation images.</param>
    /// <param name="ensemble">Whether its snapshots are measured, where it has some.</param>
    /// <exception cref="FineTuneException">The folder holds no run, or none of whose epochs has ended.</exception>
    internal static ComparedRun Open(string run, bool predict, bool ensemble = true)
    {
        var folder = new Train.RunFolder(run);
        var read = new ComparedRun(run, RunSummary.Read(run), MetricsFile.Lines(folder));
        if (ensemble && folder.Snapshots.Count > 0)
        {
            var session = new RunSession(run);
            read = read with { Ensemble = session.Ensemble(MemberSelection.Parse("all"), null), Notes = session.Notes };
        }

        if (!predict)
            return read;
        try
        {
            var session = new RunSession(run);
            using var model = session.OpenResult();
            var (_, samples) = session.Samples();
            return read with { Predictions = session.Predict(model, samples), Hashes = session.HashesOf(samples), Notes = session.Notes };
        }
        catch (FineTuneException e)
        {
            return read with { NotMeasured = e.Message };
        }
    }
}
