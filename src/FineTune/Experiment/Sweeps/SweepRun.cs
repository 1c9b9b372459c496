using FineTune.Experiment.Sweeps.Engines;

namespace FineTune.Experiment.Sweeps;

/// <summary>A task that has come as far as it is to go for now.</summary>
/// <param name="Task">The task.</param>
/// <param name="Done">Tasks of the plan that are at their end, or need not be trained further.</param>
/// <param name="Of">Tasks that the plan trains now, those that are done included.</param>
/// <param name="Epochs">Epochs that it has been trained.</param>
/// <param name="Top1">Its validation accuracy, in 0..1; null where it failed.</param>
/// <param name="Failure">Why it cannot come to its end; null: it can.</param>
public sealed record SweepStep(SweepTask Task, int Done, int Of, int Epochs, double? Top1, string? Failure);

/// <summary>The whole of a sweep, from its plan to its results. Whatever was killed goes on when it is started again.</summary>
public static class SweepRun
{
    /// <summary>Trains all that is to be trained, and writes the results.</summary>
    /// <param name="folder">The sweep, planned.</param>
    /// <param name="engine">Where its runs are trained; null: nothing is trained, what is there is gathered.</param>
    /// <param name="told">Told of each run that has come as far as it is to go; null: nobody is.</param>
    /// <param name="stop">Asks for checkpoints and an early end.</param>
    /// <exception cref="FineTuneException">The folder cannot be read or written, or the engine does not work here.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static SweepResults Start(
        SweepFolder folder, ISweepEngine? engine, Action<SweepStep>? told = null, CancellationToken stop = default)
    {
        var plan = SweepPlan.Read(folder);
        var progress = Read();
        while (engine is not null && progress.Pending.Count > 0)
        {
            var (work, done) = (progress.Pending, plan.Tasks.Count(t => progress.States[t.Number].Reached(0)));
            var open = work.Count;
            engine.Run(folder, work, task => told?.Invoke(Step(task, done + work.Count - --open, done + work.Count)), stop);
            progress = Read();
        }

        return SweepResults.Make(plan, folder);

        SweepProgress Read() => Halving.Progress(plan, t => TaskState.Read(folder, t));

        SweepStep Step(int number, int done, int of)
        {
            var state = TaskState.Read(folder, plan.Task(number));
            return new SweepStep(plan.Task(number), done, of, state.Epochs, state.After(state.Epochs)?.Top1, state.Failure);
        }
    }

    /// <summary>Forgets why tasks failed, so that they are tried again.</summary>
    /// <param name="folder">The sweep.</param>
    public static void Retry(SweepFolder folder)
    {
        foreach (var task in SweepPlan.Read(folder).Tasks)
            File.Delete(folder.Failure(task.Number));
    }
}
