namespace FineTune.Experiment.Sweeps.Engines;

/// <summary>One run after another, here.</summary>
public sealed class InThisProcess : ISweepEngine
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public void Run(SweepFolder folder, IReadOnlyList<SweepWork> work, Action<int> told, CancellationToken stop)
    {
        var queue = new Queue<int>(work.Select(w => w.Task));
        var held = 0; // in a row
        while (queue.TryDequeue(out var task))
        {
            stop.ThrowIfCancellationRequested();
            if (TaskRun.Start(folder, task, stop: stop) != TaskOutcome.Held)
            {
                held = 0;
                stop.ThrowIfCancellationRequested();
                told(task);
                continue;
            }

            queue.Enqueue(task); // another process is at it
            if (++held >= queue.Count)
                stop.WaitHandle.WaitOne(Pause);
        }
    }
}
