using System.Globalization;
using FineTune.Train;

namespace FineTune.Experiment.Sweeps;

/// <summary>Where the parts of a sweep lie. Every process that works on it needs this folder and nothing else.</summary>
/// <param name="Path">The folder.</param>
public sealed record SweepFolder(string Path)
{
    /// <summary>The folders in it.</summary>
    internal static IReadOnlyList<string> Parts { get; } = ["runs", "failed", "logs", "locks"];

    /// <summary>What is to be done: every task.</summary>
    public string Plan => In("sweep.json");

    /// <summary>The recipe that all begin from.</summary>
    public string Base => In("base.yaml");

    /// <summary>The table of configurations, the best first, for machines.</summary>
    public string Results => In("results.json");

    /// <summary>What the chosen configuration scores on the test images; measured once.</summary>
    public string Test => In("test.json");

    /// <summary>What a person reads.</summary>
    public string Report => In("report.html");

    /// <summary>What was given to Slurm.</summary>
    public string Slurm => In("slurm");

    /// <summary>The run of a task.</summary>
    /// <param name="task">From 1.</param>
    public RunFolder Run(int task) => new(System.IO.Path.Combine(In("runs"), Number(task)));

    /// <summary>Why a task cannot come to its end; not there else.</summary>
    public string Failure(int task) => System.IO.Path.Combine(In("failed"), Number(task) + ".json");

    /// <summary>What the process of a task printed.</summary>
    public string Log(int task) => System.IO.Path.Combine(In("logs"), Number(task) + ".log");

    /// <summary>Holds a task for this process.</summary>
    /// <returns>To be given back; null where another process has it.</returns>
    internal IDisposable? TryHold(int task) => LockFile.TryHold(System.IO.Path.Combine(In("locks"), Number(task)));

    /// <summary>Holds the whole sweep for a moment, to write what all share.</summary>
    internal IDisposable Hold() => LockFile.Hold(System.IO.Path.Combine(In("locks"), "sweep"));

    /// <summary>Holds the test images, however long another process measures on them.</summary>
    internal IDisposable HoldTest() => LockFile.Hold(System.IO.Path.Combine(In("locks"), "test"));

    /// <summary>A sentence in which paths of the sweep are relative to it: wherever it lies, its results are the same.</summary>
    internal string Within(string sentence) => sentence.Replace(
        System.IO.Path.GetFullPath(Path) + System.IO.Path.DirectorySeparatorChar, null, StringComparison.Ordinal);

    /// <summary>
    /// Whether the folder is that of a sweep, or has nothing in it but what a process left that was killed as it planned one.
    /// </summary>
    internal bool IsUsable => File.Exists(Plan) || !Directory.Exists(Path)
        || Directory.EnumerateFileSystemEntries(Path).All(f => Directory.Exists(f)
            ? Parts.Contains(System.IO.Path.GetFileName(f))
            : Directory.Exists(In("locks")) && (System.IO.Path.GetFileName(f) == "base.yaml" || IsTemporary(f)));

    /// <summary>Deletes what a killed process was about to write for all; the caller holds the sweep.</summary>
    internal void DeleteTemporaries()
    {
        foreach (var file in Directory.GetFiles(Path).Where(f => IsTemporary(f) && !f.StartsWith(Test, StringComparison.Ordinal)))
            File.Delete(file);
    }

    /// <summary>Makes the folders.</summary>
    /// <exception cref="FineTuneException">They cannot be made, or lie where nothing keeps two processes from one run.</exception>
    internal void Create()
    {
        try
        {
            foreach (var folder in Parts)
                Directory.CreateDirectory(In(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"The sweep's folder '{Path}' cannot be used: {AtomicFile.Reason(e)}; give another.", e);
        }

        if (!LockFile.WorksIn(In("locks")))
        {
            throw new FineTuneException($"The sweep's folder '{Path}' lies on a file system without file locks, which keep two processes "
                + "from training the same run; give a folder on another.");
        }
    }

    private static bool IsTemporary(string file) => file.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal);

    private string In(string name) => System.IO.Path.Combine(Path, name);

    private static string Number(int task) => task.ToString("0000", CultureInfo.InvariantCulture);
}
