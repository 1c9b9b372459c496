namespace FineTune.Train;

/// <summary>Where the parts of a run lie.</summary>
/// <param name="Path">The folder.</param>
public sealed record RunFolder(string Path)
{
    /// <summary>Everything resolved.</summary>
    public string Recipe => System.IO.Path.Combine(Path, "recipe.yaml");

    /// <summary>Versions, seeds, hashes, machine.</summary>
    public string Manifest => System.IO.Path.Combine(Path, "manifest.json");

    /// <summary>What recipe auto decided and why; not there for another recipe.</summary>
    public string Plan => System.IO.Path.Combine(Path, "plan.md");

    /// <summary>Every image of the run: its split, class and hash.</summary>
    public string Images => System.IO.Path.Combine(Path, "images.json");

    /// <summary>One object a line and epoch.</summary>
    public string Metrics => System.IO.Path.Combine(Path, "metrics.jsonl");

    /// <summary>The folder of event files for TensorBoard, a file for each start of the run.</summary>
    public string TensorBoard => System.IO.Path.Combine(Path, "tensorboard");

    /// <summary>State after the last finished epoch or stop: a run goes on from it.</summary>
    public string Last => System.IO.Path.Combine(Path, "checkpoints", "last.safetensors");

    /// <summary>The state before that.</summary>
    public string Previous => System.IO.Path.Combine(Path, "checkpoints", "previous.safetensors");

    /// <summary>The state that is about to become the last one; never resumed from.</summary>
    internal string Next => System.IO.Path.Combine(Path, "checkpoints", "next.safetensors");

    /// <summary>Weights of the epoch that was best on validation.</summary>
    public string Best => System.IO.Path.Combine(Path, "checkpoints", "best.safetensors");

    /// <summary>Of a step that ended in infinity or in no number: the files of its batch, and norms by layer.</summary>
    public string NotFinite => System.IO.Path.Combine(Path, "not-finite.json");

    /// <summary>What a saved ensemble is; not there in a run.</summary>
    public string Ensemble => System.IO.Path.Combine(Path, "ensemble.json");

    /// <summary>When its test images were measured on, a line each; not there before.</summary>
    public string TestOpened => System.IO.Path.Combine(Path, "test-opened.jsonl");

    /// <summary>What a teacher says of every training image; not there without one.</summary>
    public string SoftLabels => System.IO.Path.Combine(Path, "soft-labels.safetensors");

    /// <summary>What a person reads.</summary>
    public string Report => System.IO.Path.Combine(Path, "report.html");

    /// <summary>Held by the process that trains the run; what a killed one left is held by nobody.</summary>
    private string Lock => System.IO.Path.Combine(Path, "lock");

    /// <summary>The snapshots, in order.</summary>
    public IReadOnlyList<string> Snapshots => Directory.Exists(SnapshotFolder)
        ? [.. Directory.GetFiles(SnapshotFolder, "*.safetensors").Order(StringComparer.Ordinal)]
        : [];

    private string SnapshotFolder => System.IO.Path.Combine(Path, "snapshots");

    /// <summary>The file of a snapshot.</summary>
    /// <param name="number">From 1.</param>
    public string Snapshot(int number) => System.IO.Path.Combine(SnapshotFolder, FormattableString.Invariant($"{number:000}.safetensors"));

    /// <summary>Checks that a new run can have the folder, before anything takes time: makes it and takes it away again.</summary>
    /// <exception cref="FineTuneException">It holds another run or other files, or cannot be written.</exception>
    public void CheckFree()
    {
        if (File.Exists(Recipe))
            throw new FineTuneException($"'{Path}' holds a run already; give another --out, or --resume to go on with it.");
        if (File.Exists(Path))
            throw new FineTuneException($"'{Path}' is a file; give a folder that is new or empty.");
        try
        {
            if (Directory.Exists(Path) && Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Any(f => !IsLeftOver(f)))
                throw new FineTuneException($"'{Path}' is not empty; give a folder that is new or empty.");
            Probe();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(e);
        }
    }

    /// <summary>Checks that a new run does not lie within its own images, where it would be taken for a class.</summary>
    /// <param name="data">The folder of images.</param>
    /// <exception cref="FineTuneException">It does.</exception>
    public void CheckOutside(string data)
    {
        if (RealPath.IsWithin(Path, data))
            throw new FineTuneException($"The run's folder '{Path}' lies in the data folder '{data}'; give an --out that is outside of it.");
    }

    /// <summary>Makes the folder for a new run.</summary>
    /// <exception cref="FineTuneException">It holds another run or other files, or cannot be written.</exception>
    public void Create()
    {
        CheckFree();
        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(Path, "checkpoints"));
            Directory.CreateDirectory(SnapshotFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(e);
        }
    }

    /// <summary>Holds the run until the end of the process or of what is returned.</summary>
    /// <exception cref="FineTuneException">Another process holds it, or the folder cannot be written.</exception>
    public IDisposable Hold()
    {
        if (RegularFile.Problem(Lock) is { } problem)
            throw new FineTuneException($"'{Lock}' cannot be opened: {problem}; remove it, or give another run folder.");
        try
        {
            return new FileStream(Lock, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Unusable(e);
        }
        catch (IOException e) when (File.Exists(Lock))
        {
            throw new FineTuneException($"Another process is training the run in '{Path}'; wait for it, or stop it.", e);
        }
        catch (IOException e)
        {
            throw Unusable(e);
        }
    }

    /// <summary>Deletes what a killed process was about to write.</summary>
    internal void DeleteTemporaries()
    {
        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Where(IsTemporary))
            File.Delete(file);
    }

    /// <summary>Checks that the folder holds a run.</summary>
    /// <exception cref="FineTuneException">It does not.</exception>
    public RunFolder Existing() => File.Exists(Recipe)
        ? this
        : throw new FineTuneException(File.Exists(Ensemble)
            ? $"'{Path}' is a saved ensemble, not a run; eval, predict, export and distill take it."
            : $"'{Path}' is no run: it has no recipe.yaml.");

    /// <summary>Whether a file is of a run that was killed before it had a recipe.</summary>
    private bool IsLeftOver(string file) => IsTemporary(file) || file == Lock
        || (file == Manifest && RegularFile.Problem(file) is null && RegularFile.Text(file).Contains("\"final_weights_sha256\": null", StringComparison.Ordinal));

    /// <summary>Whether a file is one that <see cref="AtomicFile"/> left: NAME.PROCESS.tmp.</summary>
    private static bool IsTemporary(string file) =>
        file.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal)
        && System.IO.Path.GetExtension(file[..^AtomicFile.TemporarySuffix.Length]) is [_, .. var process]
        && int.TryParse(process, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var _);

    private FineTuneException Unusable(Exception e) => new($"The run folder '{Path}' cannot be used: {AtomicFile.Reason(e)}; give another.", e);

    private void Probe()
    {
        var missing = new List<string>();
        for (var folder = System.IO.Path.GetFullPath(Path); folder is not null && !Directory.Exists(folder); folder = System.IO.Path.GetDirectoryName(folder))
            missing.Add(folder);
        try
        {
            Directory.CreateDirectory(Path);
            var file = System.IO.Path.Combine(Path, $"{Environment.ProcessId}{AtomicFile.TemporarySuffix}");
            new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
        }
        finally
        {
            foreach (var folder in missing.Where(Directory.Exists))
                Directory.Delete(folder);
        }
    }
}
