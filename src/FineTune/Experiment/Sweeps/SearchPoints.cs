namespace FineTune.Experiment.Sweeps;

/// <summary>A value of each key that varies.</summary>
/// <param name="Values">By key, in the order in which they are set.</param>
public sealed record SweepPoint(IReadOnlyList<KeyValuePair<string, object?>> Values);

/// <summary>The configurations that a sweep tries. They follow from its file alone.</summary>
internal static class SearchPoints
{
    /// <summary>More runs than anyone waits for.</summary>
    public const int Most = 100_000;

    private const int Attempts = 20; // at another point, where one is there already

    /// <summary>The points of a sweep, each once.</summary>
    /// <param name="spec">What it says.</param>
    /// <param name="count">How many, of random and sobol.</param>
    /// <exception cref="FineTuneException">They are too many, or a range cannot be a grid.</exception>
    public static IReadOnlyList<SweepPoint> Of(SweepSpec spec, int? count)
    {
        var points = new Dictionary<string, SweepPoint>(StringComparer.Ordinal);
        for (var block = 0; block < spec.Over.Count; block++)
        {
            var axes = spec.Over[block];
            var share = count is { } n ? (n / spec.Over.Count) + (block < n % spec.Over.Count ? 1 : 0) : 0;
            foreach (var point in spec.Search == SearchKind.Grid ? Grid(axes) : Drawn(spec, axes, block, share))
                points.TryAdd(Text(point), point);
        }

        return [.. points.Values];
    }

    private static IEnumerable<SweepPoint> Grid(IReadOnlyList<SweepAxis> axes)
    {
        var values = axes.Select(a => a.Grid).ToArray();
        var size = values.Aggregate(1L, (n, v) => Math.Min(Most + 1L, n * v.Count));
        if (size > Most)
            throw new FineTuneException($"The grid has more than {Most} configurations; search at random, or by sobol.");
        for (var k = 0; k < size; k++)
        {
            var rest = k;
            var at = new int[axes.Count]; // the last key varies fastest
            for (var a = axes.Count - 1; a >= 0; a--)
                (rest, at[a]) = Math.DivRem(rest, values[a].Count);
            yield return new SweepPoint([.. axes.Select((axis, a) => KeyValuePair.Create(axis.Key, values[a][at[a]]))]);
        }
    }

    /// <summary>Distinct points; fewer where there are no more.</summary>
    private static IEnumerable<SweepPoint> Drawn(SweepSpec spec, IReadOnlyList<SweepAxis> axes, int block, int count)
    {
        var cube = spec.Search == SearchKind.Sobol ? Sequence(spec, axes, block, count) : Random(spec, axes, block, count);
        return cube.Select(at => new SweepPoint([.. axes.Select((axis, a) => KeyValuePair.Create(axis.Key, axis.At(at[a])))]))
            .DistinctBy(Text).Take(count);
    }

    private static double[][] Sequence(SweepSpec spec, IReadOnlyList<SweepAxis> axes, int block, int count)
    {
        if (axes.Count > Sobol.MostDimensions)
        {
            throw new FineTuneException(
                $"Sobol's sequence is here for {Sobol.MostDimensions} keys at most, not for {axes.Count}; search at random.");
        }

        var stream = new RandomKey(spec.Seed, block, 0, RandomUse.Search).Stream();
        uint[] shift = [.. axes.Select(_ => (uint)(stream.NextDouble() * (1L << 32)))];
        return Sobol.Points(Attempts * count, axes.Count, shift);
    }

    private static IEnumerable<double[]> Random(SweepSpec spec, IReadOnlyList<SweepAxis> axes, int block, int count) =>
        Enumerable.Range(0, Attempts * count).Select(i =>
        {
            var stream = new RandomKey(spec.Seed, block, i + 1, RandomUse.Search).Stream();
            return axes.Select(_ => stream.NextDouble()).ToArray();
        });

    private static string Text(SweepPoint point) => string.Join('\n', point.Values.Select(v => SweepSetting.Of(v.Key, v.Value)));
}
