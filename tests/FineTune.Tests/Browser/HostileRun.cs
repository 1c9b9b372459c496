using FineTune.Experiment.Compare;
using FineTune.Experiment.Ensembles;
using FineTune.Experiment.Report;
using FineTune.Tests.Train;
using FineTune.Train;

namespace FineTune.Tests.Browser;

/// <summary>Two runs on images whose class and file names try to be markup.</summary>
public sealed class HostileRun : IDisposable
{
    /// <summary>Names that a page must not take for markup.</summary>
    public static readonly string[] Names =
    [
        $"<img src=x onerror={PageVisit.Script}>",
        $"\"onload={PageVisit.Script} x=\"",
        $"'><svg onload='{PageVisit.Script}'>&amp;",
    ];

    private readonly TinyRun _tiny = new();

    public HostileRun()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows takes no such name");
        foreach (var split in new[] { "train", "val" })
        {
            var folders = Directory.GetDirectories(Path.Combine(_tiny.Data, split)).Order(StringComparer.Ordinal);
            foreach (var (folder, name) in folders.Zip(Names))
            {
                foreach (var file in Directory.GetFiles(folder).Take(2))
                    File.Move(file, Path.Combine(folder, $"{name}{Path.GetFileName(file)}"));
                Directory.Move(folder, Path.Combine(_tiny.Data, split, name));
            }
        }

        foreach (var (run, seed) in new[] { (First, 0), (Second, 1) })
            _tiny.Start(_tiny.Recipe with { Seed = seed, Epochs = 2 + seed, Snapshots = 2 * seed }, run);
        using (var session = new EnsembleSession(new EnsembleRequest { Runs = [Second.Path], Against = [First.Path, Second.Path] }))
        {
            var report = session.Evaluate();
            EnsemblePage.Write(Ensemble, report, session.Compare(report), session.Notes);
        }

        CompareReport.Write(Comparison, RunComparison.Of([First.Path, Second.Path]));
    }

    /// <summary>Both runs on one page.</summary>
    public string Comparison => Path.Combine(_tiny.Root, "compare.html");

    /// <summary>The second one's snapshots on a page.</summary>
    public string Ensemble => Path.Combine(_tiny.Root, "ensemble.html");

    /// <summary>The file of a page: report, compare or ensemble.</summary>
    public string Page(string kind) => kind switch { "report" => First.Report, "compare" => Comparison, _ => Ensemble };

    /// <summary>A run.</summary>
    internal RunFolder First => _tiny.Folder("a <b> & \"c\"");

    /// <summary>Another, on the same images.</summary>
    internal RunFolder Second => _tiny.Folder("second");

    public void Dispose() => _tiny.Dispose();
}
