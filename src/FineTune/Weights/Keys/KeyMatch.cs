namespace FineTune.Weights;

/// <summary>Holds the names and shapes of weights against a model's.</summary>
public static class KeyMatch
{
    /// <summary>Batch norm's step counter: torch before 0.4.1 stored none, and only a cumulative average would use it.</summary>
    private const string Ignorable = "num_batches_tracked";

    /// <summary>Swin's table of places follows from the size of its windows; newer versions of timm store none.</summary>
    private const string Derived = ".relative_position_index";

    /// <summary>Compares every parameter and buffer of a model with a state dict.</summary>
    /// <param name="expected">The model's names and shapes.</param>
    /// <param name="found">The weights.</param>
    public static MatchReport Compare(IEnumerable<KeyValuePair<string, long[]>> expected, StateDict found)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(found);
        var wanted = expected.Where(e => !IsIgnorable(e.Key)).ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
        var shared = wanted.Where(w => found.ContainsKey(w.Key)).ToArray();
        return new MatchReport
        {
            Expected = wanted.Count,
            Missing = [.. wanted.Keys.Where(k => !found.ContainsKey(k) && !k.EndsWith(Derived, StringComparison.Ordinal))],
            Unexpected = [.. found.Keys.Where(k => !wanted.ContainsKey(k) && !IsIgnorable(k))],
            Misshapen = [.. shared.Where(s => !s.Value.SequenceEqual(found[s.Key].Shape))
                .Select(s => new Misshapen(s.Key, s.Value, found[s.Key].Shape))],
        };
    }

    internal static bool IsIgnorable(string name) => name == Ignorable || name.EndsWith("." + Ignorable, StringComparison.Ordinal);
}
