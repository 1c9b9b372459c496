namespace FineTune;

/// <summary>Lists in sentences: the first few by name, the others by their number.</summary>
internal static class FirstFew
{
    /// <summary>"'a', 'b', 'c' and 2 more", as the words are given.</summary>
    /// <param name="words">All of them, with their quotation marks.</param>
    /// <param name="few">How many are named.</param>
    public static string Of(IReadOnlyCollection<string> words, int few) =>
        string.Join(", ", words.Take(few)) + (words.Count > few ? $" and {words.Count - few} more" : string.Empty);
}
