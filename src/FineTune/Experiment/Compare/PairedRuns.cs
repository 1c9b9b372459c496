using FineTune.Evaluate;
using FineTune.Evaluate.Statistics;

namespace FineTune.Experiment.Compare;

/// <summary>Two runs on the images that both were validated on.</summary>
/// <param name="First">Its place among the runs.</param>
/// <param name="Second">That of the other.</param>
/// <param name="Images">Validation images that both have, told by the hashes of their files.</param>
public sealed record PairedRuns(int First, int Second, int Images)
{
    /// <summary>Why they are not compared, a sentence; null where they are.</summary>
    public string? NotCompared { get; private init; }

    /// <summary>On how many images only one of them is right.</summary>
    public McNemar? McNemar { get; private init; }

    /// <summary>The p-value of <see cref="McNemar"/>, by Holm's correction for all pairs that are compared.</summary>
    public double AdjustedP { get; internal init; } = 1;

    /// <summary>The differences of their metrics, the first's minus the second's, with 95% intervals.</summary>
    public PairedBootstrap? Bootstrap { get; private init; }

    /// <summary>Compares every two runs.</summary>
    public static IReadOnlyList<PairedRuns> Of(IReadOnlyList<ComparedRun> runs) => Corrected(
    [
        .. from i in Enumerable.Range(0, runs.Count)
           from j in Enumerable.Range(i + 1, runs.Count - i - 1)
           select Of(runs, i, j),
    ]);

    /// <summary>Compares the first with each of the others.</summary>
    internal static IReadOnlyList<PairedRuns> WithFirst(IReadOnlyList<ComparedRun> runs) =>
        Corrected([.. Enumerable.Range(1, Math.Max(0, runs.Count - 1)).Select(j => Of(runs, 0, j))]);

    private static IReadOnlyList<PairedRuns> Corrected(PairedRuns[] pairs)
    {
        var tested = pairs.Where(p => p.McNemar is not null).ToArray();
        var adjusted = Holm.Adjust([.. tested.Select(p => p.McNemar!.PValue)]);
        return [.. pairs.Select(p => p.McNemar is null ? p : p with { AdjustedP = adjusted[Array.IndexOf(tested, p)] })];
    }

    private static PairedRuns Of(IReadOnlyList<ComparedRun> runs, int first, int second)
    {
        var (a, b) = (runs[first], runs[second]);
        if ((a.Predictions is null ? a : b.Predictions is null ? b : null) is { } missing)
            return new PairedRuns(first, second, 0) { NotCompared = missing.NotMeasured ?? $"'{missing.Run}' was not measured." };
        if (!a.Predictions!.Classes.SequenceEqual(b.Predictions!.Classes))
            return new PairedRuns(first, second, 0) { NotCompared = $"'{a.Run}' and '{b.Run}' tell other classes apart." };
        var (rowsOfA, rowsOfB) = Common(a, b);
        if (rowsOfA.Count == 0)
            return new PairedRuns(first, second, 0) { NotCompared = $"'{a.Run}' and '{b.Run}' have no validation image in common." };
        var (x, y) = (Rows(a.Predictions, rowsOfA), Rows(b.Predictions, rowsOfB));
        return new PairedRuns(first, second, rowsOfA.Count) { McNemar = McNemar.Of(x, y), Bootstrap = PairedBootstrap.Of(x, y) };
    }

    /// <summary>Rows of the images that are in both, under the same class; a file that is there twice counts once.</summary>
    private static (List<int> First, List<int> Second) Common(ComparedRun a, ComparedRun b)
    {
        var rows = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < b.Hashes.Count; i++)
            rows.TryAdd(b.Hashes[i], i);
        var (first, second) = (new List<int>(), new List<int>());
        for (var i = 0; i < a.Hashes.Count; i++)
        {
            if (!rows.Remove(a.Hashes[i], out var j) || a.Predictions!.Labels[i] != b.Predictions!.Labels[j])
                continue;
            first.Add(i);
            second.Add(j);
        }

        return (first, second);
    }

    private static Predictions Rows(Predictions predictions, List<int> rows) => new(
        predictions.Classes,
        [.. rows.Select(i => predictions.Labels[i])],
        [.. rows.SelectMany(i => predictions.Row(i).ToArray())]);
}
