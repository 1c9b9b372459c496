namespace FineTune.Data;

/// <summary>What is worth knowing of a split's classes: those without an image are not measured.</summary>
public static class ClassNotes
{
    private const int FirstFew = 10;

    /// <summary>"no validation image of class 'x'"; empty where every class has one.</summary>
    /// <param name="split">The split's name.</param>
    /// <param name="classes">Names of the classes.</param>
    /// <param name="labels">The label of each of the split's images.</param>
    public static IReadOnlyList<string> Of(string split, IReadOnlyList<string> classes, IEnumerable<int> labels)
    {
        var present = labels.ToHashSet();
        string[] missing = [.. classes.Where((_, label) => !present.Contains(label)).Select(c => $"'{c}'")];
        if (missing.Length == 0)
            return [];
        var more = missing.Length > FirstFew ? $" and {missing.Length - FirstFew} more" : string.Empty;
        var names = string.Join(", ", missing.Take(FirstFew)) + more;
        return [$"no {Adjective(split)} image of {(missing.Length == 1 ? "class" : "classes")} {names}"];
    }

    private static string Adjective(string split) => split switch
    {
        SplitName.Train => "training",
        SplitName.Validation => "validation",
        _ => split,
    };
}
