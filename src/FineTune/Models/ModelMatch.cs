namespace FineTune.Models;

/// <summary>Which architectures some weights may be of.</summary>
public static class ModelMatch
{
    private static readonly string[] Statistics = ["running_mean", "running_var", "num_batches_tracked", "relative_position_index"];

    /// <summary>
    /// The described models that have exactly as many parameters as the weights, with a head for as many classes as the last weight has
    /// rows. No engine is loaded, and no model is made.
    /// </summary>
    /// <param name="shapes">Names and shapes of the tensors, in their order.</param>
    public static IReadOnlyList<string> Of(IEnumerable<KeyValuePair<string, IReadOnlyList<long>>> shapes)
    {
        var learned = shapes.Where(t => !Statistics.Any(s => t.Key.EndsWith(s, StringComparison.Ordinal))).ToArray();
        var head = learned.LastOrDefault(t => t.Key.EndsWith("weight", StringComparison.Ordinal) && t.Value.Count > 1).Value;
        const int MostClasses = 1_000_000;
        if (head is null || head[0] is < 1 or > MostClasses)
            return [];
        var parameters = learned.Sum(t => t.Value.Aggregate(1L, (product, side) => product * side));
        return [.. Zoo.Models.Where(m => m.Size((int)head[0])?.Parameters == parameters).Select(m => m.Name)];
    }
}
