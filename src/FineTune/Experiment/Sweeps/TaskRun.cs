using System.Text.Json.Nodes;
using FineTune.Train;

namespace FineTune.Experiment.Sweeps;

/// <summary>How the work on a task ended.</summary>
public enum TaskOutcome
{
    /// <summary>It has come as far as it is to go, or is not needed.</summary>
    Done,

    /// <summary>It cannot come to its end; why is recorded.</summary>
    Failed,

    /// <summary>It was asked to stop, and goes on from its checkpoint.</summary>
    Stopped,

    /// <summary>Another process is at it.</summary>
    Held,
}

/// <summary>Trains one task of a sweep as far as it is to go. All that processes share is the sweep's folder.</summary>
public static class TaskRun
{
    /// <summary>Trains a task, from its start or from where it was left.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="number">The task.</param>
    /// <param name="listener">Told what happens; null: nobody is.</param>
    /// <param name="begun">Is given what was prepared; null: nobody is.</param>
    /// <param name="stop">Asks for a checkpoint and an early end.</param>
    /// <exception cref="FineTuneException">There is no such task, or the sweep's folder cannot be read or written.</exception>
    public static TaskOutcome Start(
        SweepFolder folder,
        int number,
        Action<TrainEvent>? listener = null,
        Action<Experiment>? begun = null,
        CancellationToken stop = default)
    {
        var plan = SweepPlan.Read(folder);
        var task = plan.Task(number);
        folder.Create();
        using var held = folder.TryHold(number);
        if (held is null)
            return TaskOutcome.Held;
        var progress = Halving.Progress(plan, t => TaskState.Read(folder, t));
        if (progress.States[number].Failure is not null)
            return TaskOutcome.Failed;
        return progress.Pending.FirstOrDefault(w => w.Task == number) is { } work
            ? Train(folder, task, work.Epochs, listener, begun, stop)
            : TaskOutcome.Done;
    }

    /// <summary>Records that a task cannot come to its end, unless another process is at it, or it has come there.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="work">The task, and how far it was to go.</param>
    /// <param name="reason">Why, a sentence.</param>
    /// <returns>Whether the task is settled; else another process is at it.</returns>
    internal static bool TryFail(SweepFolder folder, SweepWork work, string reason)
    {
        using var held = folder.TryHold(work.Task);
        if (held is null)
            return false;
        if (!TaskState.Read(folder, SweepPlan.Read(folder).Task(work.Task)).Reached(work.Epochs))
            Fail(folder, work.Task, reason);
        return true;
    }

    private static void Fail(SweepFolder folder, int number, string reason) =>
        AtomicFile.WriteJson(folder.Failure(number), new JsonObject { ["reason"] = folder.Within(reason) });

    private static TaskOutcome Train(
        SweepFolder folder, SweepTask task, int epochs, Action<TrainEvent>? listener, Action<Experiment>? begun, CancellationToken stop)
    {
        var run = folder.Run(task.Number);
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            using var experiment = File.Exists(run.Recipe)
                ? Experiment.Resume(run, cancellation: stop)
                : Experiment.Prepare(SweepPlan.RecipeOf(folder, task), run, cancellation: stop);
            begun?.Invoke(experiment);
            var result = TrainingRun.Start(experiment, listener: Listen, stop: pause.Token);
            return result.Finished || !stop.IsCancellationRequested ? TaskOutcome.Done : TaskOutcome.Stopped;
        }
        catch (OperationCanceledException)
        {
            return TaskOutcome.Stopped;
        }
        catch (FineTuneException e)
        {
            Fail(folder, task.Number, e.Message);
            return TaskOutcome.Failed;
        }

        void Listen(TrainEvent e)
        {
            listener?.Invoke(e);
            if (e is TrainEvent.EpochEnded ended && epochs > 0 && ended.Epoch + 1 >= epochs)
                pause.Cancel();
        }
    }
}
