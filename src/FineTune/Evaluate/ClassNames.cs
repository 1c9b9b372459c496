namespace FineTune.Evaluate;

/// <summary>Names of classes, in whatever order.</summary>
internal static class ClassNames
{
    private const int Few = 5;

    /// <summary>Whether two lists have the same names.</summary>
    public static bool AreSame(IReadOnlyList<string> a, IReadOnlyList<string> b) =>
        a.Count == b.Count && !a.Except(b, StringComparer.Ordinal).Any();

    /// <summary>The first few of them, for a sentence.</summary>
    public static string Some(IReadOnlyList<string> classes) => FirstFew.Of([.. classes.Select(c => $"'{c}'")], Few);
}
