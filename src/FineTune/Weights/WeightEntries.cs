namespace FineTune.Weights;

/// <summary>The entries of a checkpoint that may hold the state dict.</summary>
internal static class WeightEntries
{
    private const int Shown = 8;

    /// <summary>Where training programs put it, in the order in which they are tried: averages of weights come last.</summary>
    public static readonly string[] Order =
    [
        "state_dict", "model_state_dict", "model", "net", "network", "module", "params",
        "ema", "model_ema", "state_dict_ema", "ema_state_dict", "params_ema",
    ];

    /// <summary>The place of an entry in that order; those that are not there come before the averages.</summary>
    /// <param name="entry">An entry's name, or a prefix of names without its last dot.</param>
    public static int Rank(string entry)
    {
        var place = Array.IndexOf(Order, entry[(entry.LastIndexOf('.') + 1)..]);
        var averages = Array.IndexOf(Order, "ema");
        return place < 0 ? averages : place < averages ? place : place + 1;
    }

    /// <summary>The tensors whose names begin with an entry and a dot, without it.</summary>
    /// <param name="state">All tensors of a file.</param>
    /// <param name="entry">As in FILE#ENTRY.</param>
    /// <param name="input">The file, for its name.</param>
    /// <exception cref="WeightException">There is none.</exception>
    public static StateDict Under(StateDict state, string entry, WeightInput input)
    {
        var taken = state.WithoutTensors();
        var prefix = entry + ".";
        foreach (var (name, values) in state.Where(t => t.Key.Length > prefix.Length && t.Key.StartsWith(prefix, StringComparison.Ordinal)))
            taken.Add(name[prefix.Length..], values);
        return taken.Count > 0
            ? taken
            : throw input.Fail(
                $"it has no entry '{WeightException.Printable(entry)}', and no tensor whose name begins with it; they begin with "
                + List(state.Keys.Select(k => k.Split('.')[0]).Distinct()));
    }

    /// <summary>How an entry is asked for: "FILE#ema".</summary>
    public static string Ask(string entry) => $"FILE#{WeightException.Printable(entry)}";

    /// <summary>A few of them, safe to show.</summary>
    public static string List(IEnumerable<string> names)
    {
        var all = names.ToArray();
        var more = all.Length > Shown ? $" and {all.Length - Shown} more" : string.Empty;
        return string.Join(", ", all.Take(Shown).Select(WeightException.Printable)) + more;
    }
}
