using FineTune.Experiment.Ensembles;

namespace FineTune.Experiment;

/// <summary>Opens what can be measured and used like a run.</summary>
public static class ResultSession
{
    /// <summary>Opens a run, or a saved ensemble.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="data">Where its images are; null: where they were.</param>
    /// <exception cref="FineTuneException">It is neither.</exception>
    public static IResultSession Open(string folder, string? data = null) =>
        SavedEnsemble.Is(folder) ? new SavedEnsembleSession(folder, data) : new RunSession(folder, data: data);
}
