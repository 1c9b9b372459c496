using FineTune.Data;
using FineTune.Distributed;
using FineTune.Experiment;
using FineTune.Models;
using FineTune.Train;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FineTune;

/// <summary>What an application calls: trains by a recipe, goes on with a run, and gives the run to be measured and used.</summary>
/// <param name="logger">Told what a person would want to read of a run; null: nobody is.</param>
public sealed partial class FineTuner(ILogger? logger = null)
{
    private readonly ILogger _logger = logger ?? NullLogger.Instance;

    /// <summary>Told of every step, epoch and snapshot, as they happen; null: nobody is.</summary>
    public IProgress<TrainEvent>? Progress { get; init; }

    /// <summary>Told of the images as they are read, before training; null: nobody is.</summary>
    public IProgress<InspectProgress>? Reading { get; init; }

    /// <summary>The processes that train together, which <see cref="Communicators.Open"/> connects. Default: this one alone.</summary>
    public ICommunicator Ranks { get; init; } = OneProcess.Instance;

    /// <summary>Fine-tunes a network on a folder of images and keeps the run.</summary>
    /// <param name="recipe">What to do; what it does not say has the defaults of <see cref="Recipe"/>.</param>
    /// <param name="folder">Where the run is kept: new or empty.</param>
    /// <param name="stop">Asks for a checkpoint and an early end.</param>
    /// <exception cref="FineTuneException">
    /// The recipe, the images, the weights or the folder cannot be used, or training does not stay finite.
    /// </exception>
    public FineTunedRun Train(Recipe recipe, string folder, CancellationToken stop = default)
    {
        using var experiment = Experiment.Experiment.Prepare(recipe, new RunFolder(folder), Reading, ranks: Ranks, cancellation: stop);
        return Run(experiment, stop);
    }

    /// <summary>The same for a network of the application's own.</summary>
    /// <param name="recipe">What to do; its model is the network's name.</param>
    /// <param name="network">The network: from here on recipes, runs and weights files can name it.</param>
    /// <param name="folder">Where the run is kept: new or empty.</param>
    /// <param name="stop">Asks for a checkpoint and an early end.</param>
    /// <exception cref="FineTuneException">As above, or there is another model of that name.</exception>
    public FineTunedRun Train(Recipe recipe, ModelEntry network, string folder, CancellationToken stop = default)
    {
        if (!Zoo.Models.Contains(network))
            Zoo.Add(network);
        return Train(recipe with { Model = network.Name }, folder, stop);
    }

    /// <summary>Goes on with a run that was stopped or killed; one that has ended is only opened.</summary>
    /// <param name="folder">Where it is kept.</param>
    /// <param name="settings">key=value, as for <see cref="Experiment.Experiment.Resume"/>: epochs=30 lengthens it.</param>
    /// <param name="data">Where its images are; null: where they were, or beside the run if both have moved.</param>
    /// <param name="stop">Asks for a checkpoint and an early end.</param>
    /// <exception cref="FineTuneException">There is no such run, its images are others by now, or its recipe was changed.</exception>
    public FineTunedRun Resume(string folder, IReadOnlyList<string>? settings = null, string? data = null, CancellationToken stop = default)
    {
        using var experiment = Experiment.Experiment.Resume(new RunFolder(folder), settings, data, Reading, Ranks, stop);
        return Run(experiment, stop);
    }

    private FineTunedRun Run(Experiment.Experiment experiment, CancellationToken stop)
    {
        foreach (var note in experiment.Notes)
            LogNote(note);
        foreach (var decision in experiment.Plan?.Decisions ?? [])
            LogDecision(decision.What, decision.Value, decision.Reason);
        var result = TrainingRun.Start(experiment, listener: Tell, stop: stop);
        return new FineTunedRun(result, new RunSession(experiment.Parts.Folder.Path));
    }

    private void Tell(TrainEvent e)
    {
        switch (e)
        {
            case TrainEvent.Began began:
                LogBegan(began.Validation.Top1, began.Validation.Nll);
                break;
            case TrainEvent.EpochEnded ended:
                LogEpoch(ended.Epoch + 1, ended.TrainLoss, ended.Validation.Top1, ended.Validation.Nll, ended.Lr);
                break;
            case TrainEvent.ResumedElsewhere elsewhere:
                LogNote(elsewhere.Difference);
                break;
            case TrainEvent.Advised advised:
                LogNote(advised.Sentence);
                break;
            case TrainEvent.SnapshotTaken snapshot:
                LogSnapshot(snapshot.Number, snapshot.Step);
                break;
            case TrainEvent.Stopped stopped:
                LogStopped(stopped.Step);
                break;
        }

        Progress?.Report(e);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Note}")]
    private partial void LogNote(string note);

    [LoggerMessage(Level = LogLevel.Information, Message = "Decided: {What} {Value} ({Reason})")]
    private partial void LogDecision(string what, string value, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Before the first epoch, with a fitted head: validation top-1 {Top1}, "
        + "NLL {Nll}")]
    private partial void LogBegan(double top1, double nll);

    [LoggerMessage(Level = LogLevel.Information, Message = "Epoch {Epoch}: training loss {Loss}, validation top-1 {Top1}, NLL {Nll}, "
        + "learning rate {Lr}")]
    private partial void LogEpoch(int epoch, double loss, double top1, double nll, double lr);

    [LoggerMessage(Level = LogLevel.Information, Message = "Snapshot {Number} after step {Step}")]
    private partial void LogSnapshot(int number, long step);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped after step {Step}, with a checkpoint to go on from")]
    private partial void LogStopped(long step);
}

/// <summary>A run that was trained, to its end or until it was stopped.</summary>
/// <param name="Training">How it went.</param>
/// <param name="Session">The run, opened: its images, its weights, its snapshots together.</param>
public sealed record FineTunedRun(TrainingResult Training, RunSession Session)
{
    /// <summary>Where it is kept.</summary>
    public RunFolder Folder => Session.Folder;

    /// <summary>Names the class of images, by the run's result.</summary>
    /// <param name="paths">Images, or folders of images.</param>
    /// <exception cref="FineTuneException">A path does not exist, or the run has no weights yet.</exception>
    public IReadOnlyList<ImageAnswer> Predict(params string[] paths)
    {
        using var model = Session.OpenResult();
        return [.. ImagePredictor.Predict(model, paths)];
    }
}
