namespace FineTune.Experiment.Compare;

/// <summary>Several runs side by side, and each two of them on the images that both were validated on.</summary>
/// <param name="Runs">In the order in which they were given.</param>
/// <param name="Pairs">Every two of them.</param>
public sealed record RunComparison(IReadOnlyList<ComparedRun> Runs, IReadOnlyList<PairedRuns> Pairs)
{
    /// <summary>Reads runs; the results of several predict their validation images.</summary>
    /// <param name="runs">Their folders, at least one.</param>
    /// <param name="data">Where the images of all of them are; null: where they were.</param>
    /// <param name="progress">Told how many are read.</param>
    /// <exception cref="FineTuneException">
    /// A folder holds neither a run nor a saved ensemble, none of a run's epochs has ended, or an ensemble cannot be measured.
    /// </exception>
    public static RunComparison Of(IReadOnlyList<string> runs, string? data = null, IProgress<int>? progress = null)
    {
        var read = new List<ComparedRun>();
        foreach (var run in runs)
        {
            read.Add(ComparedRun.Open(run, predict: runs.Count > 1, data: data));
            progress?.Report(read.Count);
        }

        return new RunComparison(read, PairedRuns.Of(read));
    }

    /// <summary>What is to be known of the comparison, a sentence each.</summary>
    public IReadOnlyList<string> Notes =>
    [
        .. Runs.SelectMany(r => r.Notes.Select(n => Runs.Count > 1 ? $"{r.Run}: {n}" : n)),
        .. Runs.Where(r => r.Different < r.Hashes.Count).Select(r =>
            $"{r.Run}: {r.Hashes.Count - r.Different} of its {r.Hashes.Count} validation images are copies of others; paired tests count "
            + "each image once."),
        .. Runs.Where(r => r.NotMeasured is not null && Runs.Count == 1).Select(r => r.NotMeasured!),
        .. Pairs.Where(p => p.NotCompared is not null).Select(p => $"No paired test: {p.NotCompared}"),
        .. Pairs.Where(IsPartly).Select(Partly),
    ];

    private bool IsPartly(PairedRuns pair) =>
        pair.NotCompared is null && pair.Images < Math.Max(Runs[pair.First].Different, Runs[pair.Second].Different);

    private string Partly(PairedRuns pair)
    {
        var (a, b) = (Runs[pair.First], Runs[pair.Second]);
        return $"'{a.Run}' and '{b.Run}' have {pair.Images} of their {a.Different} and {b.Different} validation images in common; "
            + "the paired test is on these.";
    }
}
