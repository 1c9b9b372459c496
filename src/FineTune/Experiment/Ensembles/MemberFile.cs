using FineTune.Models;

namespace FineTune.Experiment.Ensembles;

/// <summary>A candidate for an ensemble: weights on disk.</summary>
/// <param name="Name">What reports call it, such as a snapshot's number or a run's name.</param>
/// <param name="Path">Its weights.</param>
/// <param name="Model">Its architecture; null where the weights say.</param>
/// <param name="Run">The run that it is of; null where none is known.</param>
internal sealed record MemberFile(string Name, string Path, string? Model, RunSession? Run)
{
    /// <summary>A run's snapshots.</summary>
    /// <param name="run">The run.</param>
    /// <param name="prefix">What stands before their numbers.</param>
    public static IReadOnlyList<MemberFile> Snapshots(RunSession run, string prefix = "") =>
        [.. run.Folder.Snapshots.Select(
            s => new MemberFile(prefix + System.IO.Path.GetFileNameWithoutExtension(s), s, run.Recipe.Model, run))];

    /// <summary>A run's result.</summary>
    public static MemberFile Result(RunSession run, string name) => new(name, run.ResultWeights, run.Recipe.Model, run);

    /// <summary>Weights as the command line gives them: FILE, or MODEL=FILE.</summary>
    public static MemberFile Of(string text)
    {
        var parts = text.Split('=', 2);
        var (model, path) = parts.Length == 2 && !File.Exists(text) && !Directory.Exists(text)
            ? (parts[0], parts[1])
            : ((string?)null, text);
        if (model is not null)
            _ = Zoo.Find(model);
        if (string.IsNullOrWhiteSpace(path))
            throw new FineTuneException($"'{text}' names no weights file; FILE or MODEL=FILE is allowed.");
        var run = LoadedModel.RunAround(path) is { } folder ? new RunSession(folder.Path) : null;
        return run is null || model is null || model == run.Recipe.Model
            ? new MemberFile(path, path, run?.Recipe.Model ?? model, run)
            : throw new FineTuneException($"'{path}' is of a run of {run.Recipe.Model}, not of {model}; leave out '{model}='.");
    }
}
