namespace FineTune.Data;

/// <summary>What must hold of a folder's classes; each failure is one sentence that names the folder or class.</summary>
internal static class FolderChecks
{
    /// <summary>Checks split name to (class to files).</summary>
    public static void Check(string root, Dictionary<string, SortedDictionary<string, string[]>> splits, IReadOnlyList<string>? given)
    {
        foreach (var classes in splits.Values)
        {
            if (classes.Count == 0)
                throw new FineTuneException($"'{root}' holds no class folders; one folder of images for each class is needed.");
            if (given is not null && classes.Keys.FirstOrDefault(c => !given.Contains(c, StringComparer.Ordinal)) is { } unknown)
                throw UnknownClass(root, unknown, given);
            if (given is null && classes.Count == 1)
                throw OneClass(root, classes.Keys.First());
        }

        if (given is null)
            CheckSameClasses(root, splits);
        foreach (var (split, classes) in splits)
        {
            string[] empty = [.. classes.Where(c => c.Value.Length == 0).Select(c => $"'{c.Key}'")];
            if (empty.Length > 0)
                throw new FineTuneException($"{(empty.Length == 1 ? "Class" : "Classes")} {string.Join(", ", empty)} of '{root}' ({split}) {(empty.Length == 1 ? "holds" : "hold")} no image.");
        }
    }

    private static void CheckSameClasses(string root, Dictionary<string, SortedDictionary<string, string[]>> splits)
    {
        var (first, classes) = splits.First();
        foreach (var (other, others) in splits.Skip(1))
        {
            var parts = new[] { (In: first, Names: classes.Keys.Except(others.Keys)), (In: other, Names: others.Keys.Except(classes.Keys)) }
                .Where(p => p.Names.Any())
                .Select(p => $"only '{p.In}' has {string.Join(", ", p.Names.Select(n => $"'{n}'"))}")
                .ToArray();
            if (parts.Length > 0)
                throw new FineTuneException($"The classes of '{first}' and '{other}' in '{root}' differ: {string.Join("; ", parts)}.");
        }
    }

    /// <summary>An archive often brings a folder around the dataset; a folder of splits gives it away.</summary>
    private static FineTuneException OneClass(string root, string name)
    {
        var inner = Path.Combine(root, name);
        var isDataset = Directory.Exists(inner) && Directory.GetDirectories(inner).Any(d => SplitName.OfFolder(Path.GetFileName(d)) is not null);
        var hint = isDataset ? $" (is '{inner}' meant?)" : string.Empty;
        return new FineTuneException($"'{root}' holds one class only ('{name}'); at least two are needed{hint}.");
    }

    private static FineTuneException UnknownClass(string root, string name, IReadOnlyList<string> given)
    {
        var hint = Nearest.Name(name, given) is { } near ? $" (nearest: '{near}')" : string.Empty;
        var known = given.Count <= 10 ? string.Join(", ", given) : $"{string.Join(", ", given.Take(10))} and {given.Count - 10} more";
        return new FineTuneException($"The class folder '{name}' of '{root}' is none of the classes that the weights know{hint}: {known}.");
    }
}
