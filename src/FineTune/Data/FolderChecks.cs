namespace FineTune.Data;

/// <summary>What must hold of a folder's classes; each failure is one sentence that names the folder or class.</summary>
internal static class FolderChecks
{
    private const int FewClasses = 10; // that are named

    /// <summary>Checks split name to (class to files).</summary>
    /// <param name="root">The folder.</param>
    /// <param name="splits">At least one.</param>
    /// <param name="given">The classes that weights know, or null.</param>
    /// <param name="instead">
    /// What the folder of a split's class holds where it has no image, as the end of a sentence; with no class, what was not taken for one.
    /// </param>
    public static void Check(
        string root,
        Dictionary<string, SortedDictionary<string, string[]>> splits,
        IReadOnlyList<string>? given,
        Func<string, string?, string?> instead)
    {
        foreach (var (split, classes) in splits)
        {
            if (classes.Count == 0)
            {
                throw new FineTuneException(
                    $"'{root}' holds no class folders{Clause(instead(split, null))}; one folder of images for each class is needed.");
            }

            if (given is not null && classes.Keys.FirstOrDefault(c => !given.Contains(c, StringComparer.Ordinal)) is { } unknown)
                throw UnknownClass(root, unknown, given);
        }

        var first = Deciding(splits);
        if (given is null)
        {
            if (splits[first].Count == 1)
                throw OneClass(root, splits[first].Keys.Single(), instead(first, null));
            CheckNoOther(root, splits, first);
            if (splits[first].Any(c => c.Value.Length == 0))
                throw Empty(root, first, splits[first], instead);
        }

        foreach (var (split, classes) in splits.Where(s => s.Value.Values.All(files => files.Length == 0)))
            throw Empty(root, split, classes, instead);
    }

    /// <summary>The split that says which classes there are, where they are not given: training, or the only one.</summary>
    public static string Deciding(Dictionary<string, SortedDictionary<string, string[]>> splits) =>
        splits.ContainsKey(SplitName.Train) ? SplitName.Train : splits.Keys.First();

    private static FineTuneException Empty(
        string root, string split, SortedDictionary<string, string[]> classes, Func<string, string?, string?> instead)
    {
        string[] empty = [.. classes.Where(c => c.Value.Length == 0).Select(c => c.Key)];
        var names = FirstFew.Of([.. empty.Select(c => $"'{c}'")], FewClasses);
        var holds = empty.Length == 1
            ? $"Class {names} of '{root}' ({split}) holds no image"
            : $"Classes {names} of '{root}' ({split}) hold no image";
        if (empty.Length == 1)
            return new FineTuneException($"{holds}{Clause(instead(split, empty[0]))}.");
        var reasons = empty.Take(FewClasses).Select(c => (Class: c, Instead: instead(split, c))).Where(f => f.Instead is not null);
        return new FineTuneException(string.Concat([holds, .. reasons.Select(f => $"; '{f.Class}' none, {f.Instead}"), "."]));
    }

    private static string Clause(string? words) => words is null ? string.Empty : $", {words}";

    /// <summary>Every other split may lack classes, but what was never trained on cannot be measured.</summary>
    private static void CheckNoOther(string root, Dictionary<string, SortedDictionary<string, string[]>> splits, string first)
    {
        foreach (var (other, classes) in splits.Where(s => s.Key != first))
        {
            string[] more = [.. classes.Keys.Except(splits[first].Keys).Select(n => $"'{n}'")];
            if (more.Length == 0)
                continue;
            var differ = $"only '{other}' has {string.Join(", ", more)}{Lacking(first, splits[first].Keys.Except(classes.Keys))}";
            throw new FineTuneException($"The classes of '{first}' and '{other}' in '{root}' differ: {differ}.");
        }
    }

    private static string Lacking(string first, IEnumerable<string> names) =>
        names.Any() ? $"; only '{first}' has {string.Join(", ", names.Select(n => $"'{n}'"))}" : string.Empty;

    private static FineTuneException OneClass(string root, string name, string? notTaken)
    {
        var hint = Inner(Path.Combine(root, name)) is { } inner ? $" (is '{inner}' meant?)" : string.Empty;
        return new FineTuneException($"'{root}' holds one class only ('{name}'){Clause(notTaken)}; at least two are needed{hint}.");
    }

    /// <summary>An archive often brings folders around the dataset: the one in which several lie, or a split; null: none.</summary>
    private static string? Inner(string folder)
    {
        const int Deepest = 8;
        for (var depth = 0; depth < Deepest && Directory.Exists(folder); depth++)
        {
            string[] inside = [.. Directory.GetDirectories(folder).Where(d => !Path.GetFileName(d).StartsWith('.'))];
            if (inside.Length > 1 || inside.Any(d => SplitName.OfFolder(Path.GetFileName(d)) is not null))
                return folder;
            if (inside.Length == 0)
                return null;
            folder = inside[0];
        }

        return null;
    }

    private static FineTuneException UnknownClass(string root, string name, IReadOnlyList<string> given)
    {
        var hint = Nearest.Name(name, given) is { } near ? $" (nearest: '{near}')" : string.Empty;
        return new FineTuneException($"The class folder '{name}' of '{root}' is none of the classes that the weights know{hint}: "
            + $"{FirstFew.Of(given, FewClasses)}.");
    }
}
