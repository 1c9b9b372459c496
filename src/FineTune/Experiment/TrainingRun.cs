using FineTune.Evaluate;
using FineTune.Experiment.Report;
using FineTune.Experiment.TensorBoard;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>How a run ended.</summary>
/// <param name="Finished">Whether the recipe's end was reached.</param>
/// <param name="Step">Steps taken.</param>
/// <param name="Last">The last epoch's scores; null where none ended.</param>
/// <param name="BestTop1">The best validation accuracy, in 0..1; -1 where no epoch ended.</param>
/// <param name="BestEpoch">Its epoch, from 0.</param>
/// <param name="Seconds">Training and validation, without the reading of images before; of a resumed run, the sessions before to their last epoch's end too.</param>
/// <param name="FinalWeights">SHA-256 of the final weights.</param>
public sealed record TrainingResult(bool Finished, long Step, Score? Last, double BestTop1, int BestEpoch, double Seconds, string FinalWeights);

/// <summary>A run on disk: the folder, the recipe and the manifest around the loop.</summary>
public static class TrainingRun
{
    /// <summary>Starts or resumes a run and keeps it in its folder.</summary>
    /// <param name="experiment">What was prepared.</param>
    /// <param name="resume">Goes on from the last checkpoint, in place of starting. Default false.</param>
    /// <param name="time">The clock; null: the system's.</param>
    /// <param name="listener">Told what happens; null: nobody is.</param>
    /// <param name="around">Runs the loop it is given, so that a display can stand around it; null: the loop runs.</param>
    /// <param name="stop">Asks for a checkpoint and an early end. Default: never.</param>
    /// <exception cref="FineTuneException">The folder holds another run or cannot be written, what is resumed began with other images, or a step is not finite.</exception>
    public static TrainingResult Start(
        Experiment experiment,
        bool resume = false,
        TimeProvider? time = null,
        Action<TrainEvent>? listener = null,
        Func<Func<bool>, bool>? around = null,
        CancellationToken stop = default)
    {
        time ??= TimeProvider.System;
        var parts = experiment.Parts;
        Score? last = null;
        using var metrics = new MetricsFile(parts.Folder, time);
        using var events = new EventFile(parts.Folder, time);
        var trainer = new Trainer(parts, e =>
        {
            last = e is TrainEvent.EpochEnded ended ? ended.Validation : last;
            metrics.Write(e);
            events.Write(e);
            listener?.Invoke(e);
        }, time, experiment.Open);
        if (!resume)
            parts.Folder.Create();
        using var held = parts.Folder.Hold();
        if (resume)
        {
            foreach (var difference in Manifest.CheckSame(experiment))
                listener?.Invoke(new TrainEvent.ResumedElsewhere(difference));
            trainer.Resume();
        }
        else
        {
            AtomicFile.WriteText(parts.Folder.Recipe, RecipeFile.Write(parts.Recipe));
            Manifest.Write(experiment, time);
        }

        metrics.Open(trainer.State.Step);
        events.Open(trainer.State.Step);
        parts.Folder.DeleteTemporaries();
        var (begun, told) = (trainer.State.Step, File.Exists(parts.Folder.Report));
        var finished = around is null ? trainer.Run(stop) : around(() => trainer.Run(stop));
        var seconds = metrics.Seconds;
        if (finished && !(told && trainer.State.Step == begun)) // else it had come to its end, and told of it, before
        {
            Manifest.Write(experiment, time, new RunEnd(seconds, trainer.State.MicroBatches ?? parts.Recipe.Gradient.Accumulate));
            RunReport.Write(experiment.Parts, trainer.LastPredictions!, seconds);
        }

        return new TrainingResult(finished, trainer.State.Step, last, trainer.State.BestTop1, trainer.State.BestEpoch, seconds, Manifest.HashWeights(parts.Vector));
    }
}
