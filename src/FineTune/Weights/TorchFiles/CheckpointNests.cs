namespace FineTune.Weights;

/// <summary>Finds the dict of tensors among a checkpoint's entries.</summary>
/// <param name="input">The file, for its name.</param>
internal sealed class CheckpointNests(WeightInput input)
{
    private const int MaxNesting = 3;
    private readonly Dictionary<(PickleDict Dict, int Depth), bool> _holds = []; // a dict may stand in many places: it is looked at once

    /// <summary>What was chosen where there was a choice, a sentence each.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Whether the entry that was asked for was one of the checkpoint's.</summary>
    public bool Found { get; private set; }

    /// <summary>The dict that holds the tensors; the last one that was looked into where none does.</summary>
    /// <param name="dict">The checkpoint.</param>
    /// <param name="entry">The entry to be taken; null: the first in <see cref="WeightEntries.Order"/>.</param>
    /// <exception cref="WeightException">Several hold tensors, and none of them is in that order.</exception>
    public PickleDict Descend(PickleDict dict, string? entry)
    {
        for (var depth = MaxNesting; depth > 0; depth--)
        {
            if (!Found && entry is not null && dict.Entries.GetValueOrDefault(entry) is PickleDict asked)
            {
                (dict, Found) = (asked, true);
                continue;
            }

            if (Choose(dict, depth - 1) is not { } inner)
                break;
            dict = inner;
        }

        return dict;
    }

    private PickleDict? Choose(PickleDict dict, int depth)
    {
        string[] holding = [.. Nests(dict).Where(e => Holds(e.Value, depth)).Select(e => e.Key)];
        var known = WeightEntries.Order.Where(holding.Contains).ToArray();
        if (known.Length == 0 && (holding.Length == 0 || dict.Entries.Values.Any(v => v is PickleTensor)))
            return null;
        string[] others = [.. holding.Except(known)];
        if (known.Length == 0 && others.Length > 1)
        {
            var entries = WeightEntries.List(others);
            throw input.Fail($"several of its entries hold tensors ({entries}); {WeightEntries.Ask(others[0])} takes the first");
        }

        string[] all = [.. known, .. others];
        if (all.Length > 1)
        {
            var rest = WeightEntries.List(all.Skip(1));
            Notes.Add($"The weights are the checkpoint's entry '{all[0]}'; it also has {rest}, which {WeightEntries.Ask(all[1])} takes.");
        }

        return (PickleDict)dict.Entries[all[0]]!;
    }

    /// <summary>The dicts in a dict, but for an optimizer's: its averages are tensors too.</summary>
    private static IEnumerable<(string Key, PickleDict Value)> Nests(PickleDict dict) =>
        from entry in dict.Entries
        where entry.Value is PickleDict && !entry.Key.Contains("optim", StringComparison.OrdinalIgnoreCase)
        select (entry.Key, (PickleDict)entry.Value);

    private bool Holds(PickleDict dict, int depth)
    {
        if (_holds.TryGetValue((dict, depth), out var known))
            return known;
        return _holds[(dict, depth)] = dict.Entries.Values.Any(v => v is PickleTensor)
            || (depth > 0 && Nests(dict).Any(e => Holds(e.Value, depth - 1)));
    }
}
