using FineTune.Evaluate;
using FineTune.Experiment.Report;
using FineTune.Experiment.TensorBoard;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>How a run ended.</summary>
/// <param name="Finished">Whether the recipe's end was reached.</param>
/// <param name="Step">Steps taken.</param>
/// <param name="Last">The last epoch's scores on the validation images; null where none ended.</param>
/// <param name="Result">The scores of the run's result, by the recipe's result_weights; null before its end.</param>
/// <param name="BestTop1">The best validation accuracy, in 0..1; -1 where no epoch ended.</param>
/// <param name="BestEpoch">Its epoch, from 0; -1: the fitted head that the run began with, or none.</param>
/// <param name="Seconds">
/// Training and validation, without the reading of images before; of a resumed run, the sessions before to their last epoch's end
/// too.
/// </param>
/// <param name="FinalWeights">SHA-256 of the final weights.</param>
/// <param name="Advice">What stood out and what to try, a sentence each.</param>
public sealed record TrainingResult(
    bool Finished,
    long Step,
    Score? Last,
    Score? Result,
    double BestTop1,
    int BestEpoch,
    double Seconds,
    string FinalWeights,
    IReadOnlyList<string> Advice);

/// <summary>A run on disk: the folder, the recipe and the manifest around the loop.</summary>
public static class TrainingRun
{
    /// <summary>Trains what was prepared, from its start or from where it goes on, and keeps it in its folder.</summary>
    /// <param name="experiment">What was prepared.</param>
    /// <param name="time">The clock; null: the system's.</param>
    /// <param name="listener">Told what happens; null: nobody is.</param>
    /// <param name="around">Runs the loop it is given, so that a display can stand around it; null: the loop runs.</param>
    /// <param name="stop">Asks for a checkpoint and an early end. Default: never.</param>
    /// <exception cref="FineTuneException">The folder holds another run or cannot be written, or a step is not finite.</exception>
    public static TrainingResult Start(
        Experiment experiment,
        TimeProvider? time = null,
        Action<TrainEvent>? listener = null,
        Func<Func<bool>, bool>? around = null,
        CancellationToken stop = default)
    {
        time ??= TimeProvider.System;
        var parts = experiment.Parts;
        if (!parts.Writes)
            return Follow(experiment, time, stop);
        Score? last = null;
        using var metrics = new MetricsFile(parts.Folder, time);
        using var events = new EventFile(parts.Folder, time);
        var advice = new Advice(parts.Recipe, parts.Classes, experiment.Plan);
        var trainer = new Trainer(parts, e =>
        {
            last = (e as TrainEvent.EpochEnded)?.Validation ?? last;
            metrics.Write(e);
            events.Write(e);
            listener?.Invoke(e);
            Advise(advice.After(e));
        }, time, experiment.Open);
        if (!experiment.Resumes)
        {
            parts.Folder.CheckOutside(parts.Recipe.Data);
            parts.Folder.Create();
        }

        using var held = parts.Folder.Hold();
        if (experiment.Resumes)
            Resume(experiment, trainer, listener);
        else
            parts.Folder.DeleteLeftOvers(); // of a killed process
        if (!File.Exists(parts.Folder.Images)) // else it was begun before
        {
            Manifest.Write(experiment, time); // with the plan, which is lost where a kill leaves a recipe without it
            AtomicFile.WriteText(parts.Folder.Recipe, RecipeFile.Write(Located(parts.Recipe)));
            if (experiment.SoftLabels is { } said)
                Teacher.Keep(said, parts.Folder);
            if (experiment.Plan is { } plan)
                AtomicFile.WriteText(parts.Folder.Plan, plan.Markdown);
            RunImages.Of(parts.Folder, experiment.Dataset, experiment.Inspection).Write(parts.Folder);
        }

        metrics.Open(experiment.Saved is null ? -1 : trainer.State.Step);
        events.Open(trainer.State.Step);
        parts.Folder.DeleteTemporaries();
        var (begun, told) = (trainer.State.Step, File.Exists(parts.Folder.Report));
        var finished = around is null ? trainer.Run(stop) : around(() => trainer.Run(stop));
        var seconds = metrics.Seconds;
        var chosen = finished ? Chosen(experiment, trainer) : null;
        if (chosen is not null)
            Advise(advice.AtEnd(chosen.Predictions, trainer.State.BestEpoch));
        if (finished && !(told && trainer.State.Step == begun)) // else it had come to its end, and told of it, before
        {
            Manifest.Write(experiment, time, new RunEnd(seconds, trainer.State.MicroBatches ?? parts.Recipe.Gradient.Accumulate));
            RunReport.Write(experiment, chosen!, advice.Said, seconds, time);
        }

        var result = chosen is null ? null : Score.Of(chosen.Predictions);
        var (state, hash) = (trainer.State, Manifest.HashWeights(parts.Vector));
        return new TrainingResult(finished, state.Step, last, result, state.BestTop1, state.BestEpoch, seconds, hash, advice.Said);

        void Advise(IReadOnlyList<string> sentences)
        {
            foreach (var sentence in sentences)
                listener?.Invoke(new TrainEvent.Advised(sentence));
        }
    }

    /// <summary>The same on another rank than the first: it trains, and writes and tells nothing.</summary>
    private static TrainingResult Follow(Experiment experiment, TimeProvider time, CancellationToken stop)
    {
        var (begun, trainer) = (time.GetTimestamp(), new Trainer(experiment.Parts, _ => { }, time, experiment.Open));
        if (experiment.Saved is { } saved)
            trainer.Resume(saved);
        var finished = trainer.Run(stop);
        var (state, hash) = (trainer.State, Manifest.HashWeights(experiment.Parts.Vector));
        var last = trainer.LastPredictions is { } said ? Score.Of(said) : null;
        var seconds = time.GetElapsedTime(begun).TotalSeconds;
        return new TrainingResult(finished, state.Step, last, null, state.BestTop1, state.BestEpoch, seconds, hash, []);
    }

    /// <summary>
    /// Puts the run back to where its checkpoint left it; one that was killed before its first begins anew, to the same bits.
    /// </summary>
    private static void Resume(Experiment experiment, Trainer trainer, Action<TrainEvent>? listener)
    {
        var parts = experiment.Parts;
        foreach (var difference in Manifest.Differences(experiment))
            listener?.Invoke(new TrainEvent.ResumedElsewhere(difference));
        if (experiment.Saved is not { } saved)
            return;
        trainer.Resume(saved);
        var recipe = RecipeFile.Read(parts.Folder.Recipe);
        if (recipe.Epochs == parts.Recipe.Epochs)
            return;
        trainer.Save(); // the checkpoint first: a kill between the two leaves one that --set epochs=N fits again
        AtomicFile.WriteText(parts.Folder.Recipe, RecipeFile.Write(recipe with { Epochs = parts.Recipe.Epochs }));
        File.Delete(parts.Folder.Report); // of the shorter run
    }

    /// <summary>A recipe whose paths hold wherever the run is opened from.</summary>
    private static Recipe Located(Recipe recipe) => recipe with
    {
        Data = Path.GetFullPath(recipe.Data),
        Weights = recipe.Weights is { } weights && Path.Exists(weights) ? Path.GetFullPath(weights) : recipe.Weights,
        Distill = recipe.Distill with { Teacher = recipe.Distill.Teacher is { } teacher ? Path.GetFullPath(teacher) : null },
        CacheFolder = recipe.CacheFolder is { } cache ? Path.GetFullPath(cache) : null,
    };

    /// <summary>What the run's result says about the validation images, and of which epoch it is.</summary>
    private static ChosenWeights Chosen(Experiment experiment, Trainer trainer)
    {
        var parts = experiment.Parts;
        var state = trainer.State;
        var last = (int)((state.Step - 1) / parts.Training.BatchesPerEpoch);
        return parts.Recipe.ResultWeights == "last" || state.BestEpoch == last
            ? new ChosenWeights(trainer.LastPredictions!, last)
            : new ChosenWeights(trainer.BestPredictions ?? experiment.PredictBest(), state.BestEpoch);
    }
}

/// <summary>The weights that are a run's result.</summary>
/// <param name="Predictions">What they say about the validation images.</param>
/// <param name="Epoch">Their epoch, from 0; -1: before the first, with a fitted head.</param>
internal sealed record ChosenWeights(Predictions Predictions, int Epoch);
