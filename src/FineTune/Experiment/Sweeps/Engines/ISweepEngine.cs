namespace FineTune.Experiment.Sweeps.Engines;

/// <summary>Where the runs of a sweep are trained.</summary>
public interface ISweepEngine
{
    /// <summary>Works on tasks until each has come as far as it is to go, or cannot.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="work">The tasks.</param>
    /// <param name="told">Told of each task that has.</param>
    /// <param name="stop">Asks for checkpoints and an early end.</param>
    /// <exception cref="FineTuneException">The engine does not work here.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    void Run(SweepFolder folder, IReadOnlyList<SweepWork> work, Action<int> told, CancellationToken stop);
}
