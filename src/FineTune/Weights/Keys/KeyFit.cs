namespace FineTune.Weights;

/// <summary>
/// Finds the names of a network in a state dict whose names are another library's, or stand behind a prefix, or beside other tensors, and
/// says what it did.
/// </summary>
internal static class KeyFit
{
    /// <summary>Gives weights the network's names. Shapes are not compared: that is <see cref="KeyMatch"/>'s part.</summary>
    /// <param name="model">A name of the zoo.</param>
    /// <param name="network">The network's names and shapes.</param>
    /// <param name="ofHead">Whether a name is of the network's head, which may be missing or another.</param>
    /// <param name="found">As they were read.</param>
    /// <returns>
    /// Under the network's names, with a note on all that was done; where nothing fits, the names that come nearest, for a message.
    /// </returns>
    public static StateDict Fit(string model, IEnumerable<KeyValuePair<string, long[]>> network, Func<string, bool> ofHead, StateDict found)
    {
        string[] names = [.. network.Select(n => n.Key)];
        var family = Conventions.Of(model);
        KeyConvention[] conventions = [KeyConvention.Torchvision, .. family.Others];
        var candidates = conventions.SelectMany(c => KeyCandidate.All(c, names, ofHead, family, found)).ToArray();
        var fitting = candidates.Where(c => c.Fits)
            .OrderBy(c => c.LacksHead)
            .ThenBy(c => c.Prefix.Length > 0)
            .ThenBy(c => WeightEntries.Rank(c.Entry))
            .ToArray();
        if (fitting.Length == 0)
            return candidates.MinBy(c => c.Differences)!.Translate();
        var chosen = fitting[0];
        var state = chosen.Translate();
        foreach (var note in Notes(
            model, chosen, [.. fitting.Skip(1).Where(c => c.Prefix != chosen.Prefix && c.LacksHead == chosen.LacksHead)]))
        {
            state.Notes.Add(note);
        }
        return state;
    }

    private static IEnumerable<string> Notes(string model, KeyCandidate chosen, IReadOnlyList<KeyCandidate> others)
    {
        if (chosen.Prefix.Length > 0)
            yield return $"The prefix '{WeightException.Printable(chosen.Prefix)}' was taken off the weights' names.";
        if (chosen.Convention != KeyConvention.Torchvision)
            yield return $"The weights' names are {chosen.Convention.Name}; they were read as torchvision's.";
        if (chosen.Convention.Name == Conventions.TimmNames && Conventions.HasOtherNormsInTimm(model))
        {
            var other = Conventions.WithTimmsNorms(model) is { } theirs ? $"; --model {theirs} has timm's" : string.Empty;
            yield return $"timm's {model} has batch norms of another eps (1e-5) than torchvision's, which is used: "
                + $"results before training differ{other}.";
        }
        if (others.Count > 0)
        {
            var entries = WeightEntries.List(others.Select(o => o.Entry));
            yield return $"The weights are also there as {entries}; {WeightEntries.Ask(others[0].Entry)} takes those.";
        }

        var left = chosen.LeftOut;
        if (left.Count > 0)
        {
            var tensors = left.Count == 1 ? "1 tensor" : $"{left.Count} tensors";
            yield return $"Left out {tensors} that the network does not have ({WeightEntries.List(left)}).";
        }
    }
}
