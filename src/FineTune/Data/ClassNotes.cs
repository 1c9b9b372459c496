namespace FineTune.Data;

/// <summary>
/// What is worth knowing of the classes: those without an image in a split are not measured, and two names may be meant as one.
/// </summary>
public static class ClassNotes
{
    private const int Named = 10;

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
        return [$"no {Adjective(split)} image of {(missing.Length == 1 ? "class" : "classes")} {FirstFew.Of(missing, Named)}"];
    }

    /// <summary>"classes 'Cat' and 'cat' differ only by case or white space"; empty where none do.</summary>
    /// <param name="classes">Names of the classes.</param>
    public static IReadOnlyList<string> Alike(IReadOnlyList<string> classes)
    {
        string[] alike =
        [
            .. classes.GroupBy(c => string.Concat(c.Where(letter => !char.IsWhiteSpace(letter))), StringComparer.OrdinalIgnoreCase)
                .Where(g => g.Count() > 1)
                .Select(g => string.Join(" and ", g.Select(c => $"'{c}'"))),
        ];
        return alike.Length == 0 ? [] : [$"classes {FirstFew.Of(alike, Named)} differ only by case or white space"];
    }

    private static string Adjective(string split) => split switch
    {
        SplitName.Train => "training",
        SplitName.Validation => "validation",
        _ => split,
    };
}
