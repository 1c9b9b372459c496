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

    /// <summary>A saved ensemble's members; not there in a run.</summary>
    internal string MemberFolder => System.IO.Path.Combine(Path, "members");

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

    /// <summary>Checks that a new run, or ensemble, does not lie within its own images, where it would be taken for a class.</summary>
    /// <param name="data">The folder of images.</param>
    /// <exception cref="FineTuneException">It does.</exception>
    public void CheckOutside(string data)
    {
        if (RealPath.IsWithin(Path, data))
        {
            throw new FineTuneException(
                $"'{Path}' lies in the data folder '{data}', where it would be taken for a class; give a folder outside of it.");
        }
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

    /// <summary>Holds the folder until the end of the process or of what is returned.</summary>
    /// <param name="doing">What for, in another process's words.</param>
    /// <exception cref="FineTuneException">Another process holds it, or the folder cannot be written.</exception>
    public IDisposable Hold(string doing = "training the run")
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
            throw new FineTuneException($"Another process is {doing} in '{Path}'; wait for it, or stop it.", e);
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

    /// <summary>Deletes what a process left that was killed before it had a run or an ensemble; the caller holds the folder.</summary>
    internal void DeleteLeftOvers()
    {
        foreach (var file in Directory.GetFiles(Path, "*", SearchOption.AllDirectories).Where(f => f != Lock && IsLeftOver(f)))
            File.Delete(file);
        if (Directory.Exists(MemberFolder))
            DeleteEmpty([MemberFolder]);
    }

    /// <summary>Folders that a path needs and that are not there, the innermost first.</summary>
    internal static IReadOnlyList<string> Missing(string path)
    {
        var missing = new List<string>();
        for (var folder = System.IO.Path.GetFullPath(path);
            folder is not null && !Directory.Exists(folder);
            folder = System.IO.Path.GetDirectoryName(folder))
        {
            missing.Add(folder);
        }
        return missing;
    }

    /// <summary>Deletes those of some folders that are there and empty.</summary>
    /// <param name="folders">The innermost first.</param>
    internal static void DeleteEmpty(IEnumerable<string> folders)
    {
        foreach (var folder in folders.Where(f => Directory.Exists(f) && !Directory.EnumerateFileSystemEntries(f).Any()))
            Directory.Delete(folder);
    }

    /// <summary>Checks that the folder holds a run.</summary>
    /// <exception cref="FineTuneException">It does not.</exception>
    public RunFolder Existing() => File.Exists(Recipe) ? this : throw new FineTuneException(
        File.Exists(Ensemble) ? $"'{Path}' is a saved ensemble, not a run; eval, predict, export and distill take it."
        : Directory.Exists(MemberFolder)
            ? $"'{Path}' is an ensemble that was stopped before it was saved; make it anew by `finetune ensemble ... --save`."
        : !Directory.Exists(Path) ? $"'{Path}' is no run: there is no such folder{Beside()}."
        : $"'{Path}' is no run: it has no recipe.yaml.");

    /// <summary>A run or a saved ensemble in the same folder with nearly this name.</summary>
    private string Beside()
    {
        var given = System.IO.Path.TrimEndingDirectorySeparator(Path);
        var (parent, name) = (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(given)), System.IO.Path.GetFileName(given));
        if (!Directory.Exists(parent))
            return string.Empty;
        var others = Directory.EnumerateDirectories(parent).Select(d => new RunFolder(d))
            .Where(r => File.Exists(r.Recipe) || File.Exists(r.Ensemble)).Select(r => System.IO.Path.GetFileName(r.Path)!);
        return Nearest.Name(name, others) is { } near
            ? $"; perhaps '{System.IO.Path.Combine(System.IO.Path.GetDirectoryName(given) ?? string.Empty, near)}' is meant"
            : string.Empty;
    }

    /// <summary>
    /// Whether a file is of a run that was killed before it had a recipe, or of an ensemble that was killed before it was saved.
    /// </summary>
    private bool IsLeftOver(string file) => IsTemporary(file) || file == Lock
        || (File.Exists(Lock) && !File.Exists(Ensemble) && (file == Images || IsMember(file)))
        || (file == Manifest
            && RegularFile.Problem(file) is null
            && RegularFile.Text(file).Contains("\"final_weights_sha256\": null", StringComparison.Ordinal));

    private bool IsMember(string file) => System.IO.Path.GetDirectoryName(file) == MemberFolder
        && System.IO.Path.GetFileName(file) is [>= '0' and <= '9', >= '0' and <= '9', >= '0' and <= '9', .. ".safetensors"];

    /// <summary>Whether a file is one that <see cref="AtomicFile"/> left: NAME.PROCESS.tmp.</summary>
    private static bool IsTemporary(string file) =>
        file.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal)
        && System.IO.Path.GetExtension(file[..^AtomicFile.TemporarySuffix.Length]) is [_, .. var process]
        && int.TryParse(process, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var _);

    private FineTuneException Unusable(Exception e) =>
        new($"The run folder '{Path}' cannot be used: {AtomicFile.Reason(e)}; give another.", e);

    private void Probe()
    {
        var missing = Missing(Path);
        try
        {
            Directory.CreateDirectory(Path);
            var file = System.IO.Path.Combine(Path, $"{Environment.ProcessId}{AtomicFile.TemporarySuffix}");
            new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
        }
        finally
        {
            DeleteEmpty(missing);
        }
    }
}
