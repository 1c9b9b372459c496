namespace FineTune.Experiment.Compare;

/// <summary>Several runs side by side, and each two of them on the images that both were validated on.</summary>
/// <param name="Runs">In the order in which they were given.</param>
/// <param name="Pairs">Every two of them.</param>
public sealed record RunComparison(IReadOnlyList<ComparedRun> Runs, IReadOnlyList<PairedRuns> Pairs)
{
    /// <summary>Reads runs; the results of several predict their validation images.</summary>
    /// <param name="runs">Their folders, at least one.</param>
    /// <param name="progress">Told how many are read.</param>
    /// <exception cref="FineTuneException">A folder holds no run, or none of whose epochs has ended.</exception>
    public static RunComparison Of(IReadOnlyList<string> runs, IProgress<int>? progress = null)
    {
        var read = new List<ComparedRun>();
        foreach (var run in runs)
        {
            read.Add(ComparedRun.Open(run, predict: runs.Count > 1));
            progress?.Report(read.Count);
        }

        return new RunComparison(read, PairedRuns.Of(read));
    }

    /// <summary>What is to be known of the comparison, a sentence each.</summary>
    public IReadOnlyList<string> Notes =>
    [
        .. Runs.SelectMany(r => r.Notes.Select(n => Runs.Count > 1 ? $"{r.Run}: {n}" : n)),
        .. Pairs.Where(p => p.NotCompared is not null).Select(p => $"No paired test: {p.NotCompared}"),
        .. Pairs.Where(IsPartly).Select(Partly),
    ];

    private bool IsPartly(PairedRuns pair) =>
        pair.NotCompared is null && pair.Images < Math.Max(Runs[pair.First].Hashes.Count, Runs[pair.Second].Hashes.Count);

    private string Partly(PairedRuns pair)
    {
        var (a, b) = (Runs[pair.First], Runs[pair.Second]);
        return $"'{a.Run}' and '{b.Run}' have {pair.Images} of their {a.Hashes.Count} and {b.Hashes.Count} validation images in common; "
            + "the paired test is on these.";
    }
}
