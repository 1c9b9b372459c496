using FineTune.Train;

namespace FineTune.Experiment.Ensembles;

/// <summary>
/// The folder that an ensemble is to be kept in: held from before anything is measured, and a saved ensemble from the moment that its last
/// file, ensemble.json, is there. What was written is taken away again where that does not come about.
/// </summary>
internal sealed class EnsembleFolder : IDisposable
{
    private readonly RunFolder _place;
    private readonly IDisposable _held;
    private readonly IReadOnlyList<string> _made; // folders, the innermost first
    private bool _complete;

    private EnsembleFolder(RunFolder place, IDisposable held, IReadOnlyList<string> made) => (_place, _held, _made) = (place, held, made);

    /// <summary>The folder.</summary>
    public string Path => _place.Path;

    /// <summary>Takes a folder.</summary>
    /// <param name="path">New or empty, or what a killed process left.</param>
    /// <param name="data">The folder of images, which it may not lie in.</param>
    /// <exception cref="FineTuneException">It is neither, another process holds it, or it cannot be written.</exception>
    public static EnsembleFolder Reserve(string path, string data)
    {
        var place = new RunFolder(path);
        RequireNone(place);
        place.CheckOutside(data);
        place.CheckFree();
        var made = RunFolder.Missing(path);
        Directory.CreateDirectory(path);
        IDisposable? held = null;
        try
        {
            held = place.Hold("saving an ensemble");
            RequireNone(place); // another process may have come to its end meanwhile
            place.DeleteLeftOvers();
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(SavedEnsemble.PathOf(path, "x"))!);
            return new EnsembleFolder(place, held, made);
        }
        catch
        {
            held?.Dispose();
            RunFolder.DeleteEmpty(made);
            throw;
        }
    }

    /// <summary>Writes images.json and then ensemble.json.</summary>
    /// <param name="saved">What it is; its members' weights are there.</param>
    /// <param name="images">The images of the run that it was chosen on.</param>
    public void Complete(SavedEnsemble saved, RunImages images)
    {
        images.Write(_place);
        saved.Write(Path);
        _complete = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_complete)
            _place.DeleteLeftOvers();
        _held.Dispose();
        if (!_complete)
            RunFolder.DeleteEmpty(_made);
    }

    private static void RequireNone(RunFolder place)
    {
        if (File.Exists(place.Recipe) || File.Exists(place.Ensemble))
        {
            throw new FineTuneException($"'{place.Path}' holds {(File.Exists(place.Ensemble) ? "an ensemble" : "a run")} already; "
                + "give a folder that is new or empty.");
        }
    }
}
