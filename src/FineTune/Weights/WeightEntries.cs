namespace FineTune.Weights;

/// <summary>The entries of a checkpoint that may hold the state dict.</summary>
internal static class WeightEntries
{
    /// <summary>Where training programs put it, in the order in which they are tried: averages of weights come last.</summary>
    public static readonly string[] Order =
        ["state_dict", "model_state_dict", "model", "net", "network", "module", "params", "ema", "model_ema", "state_dict_ema", "ema_state_dict", "params_ema"];

    /// <summary>The place of an entry in that order; after it, in front of the averages, those that are not there.</summary>
    /// <param name="entry">An entry's name, or a prefix of names without its last dot.</param>
    public static int Rank(string entry)
    {
        var last = entry[(entry.LastIndexOf('.') + 1)..];
        var place = Array.IndexOf(Order, last);
        var averages = Array.IndexOf(Order, "ema");
        return place < 0 ? averages : place < averages ? place : place + 1;
    }
}
