namespace FineTune.Data;

/// <summary>The spread of a number over all readable images.</summary>
/// <param name="Min">The smallest.</param>
/// <param name="Median">The middle one (the lower of two).</param>
/// <param name="Max">The largest.</param>
public sealed record SizeRange(long Min, long Median, long Max)
{
    /// <summary>Of <paramref name="values"/>; null if there are none.</summary>
    internal static SizeRange? Of(IEnumerable<long> values)
    {
        long[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? null : new SizeRange(sorted[0], sorted[(sorted.Length - 1) / 2], sorted[^1]);
    }
}
