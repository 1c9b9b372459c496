namespace FineTune.Data;

/// <summary>
/// Reads a folder of class folders: with <c>train/</c>, <c>val/</c> and <c>test/</c> above them, or without, when a
/// validation split is drawn from the seed, class by class.
/// </summary>
/// <remarks>
/// A folder of splits without <c>val/</c> has it drawn from <c>train/</c>; <c>test/</c> is never chosen on. Endings may
/// be upper-case, names may hold spaces, class folders may be nested; no image is opened unless its ending is unknown.
/// </remarks>
public static class ImageFolder
{
    /// <summary>Reads <paramref name="folder"/>.</summary>
    /// <exception cref="FineTuneException">
    /// The folder is missing or has no class folders, fewer than two classes, a class without an image to train on or of which no
    /// two sides can be drawn, a class in another split that training lacks, or one that the given list does not name.
    /// </exception>
    public static Dataset Open(string folder, FolderOptions? options = null)
    {
        options ??= new FolderOptions();
        options.Validate();
        options = options with { Classes = options.Classes?.Select(Nfc.Of).ToArray() };
        var root = Path.GetFullPath(folder);
        if (File.Exists(root))
            throw new FineTuneException($"'{folder}' is a file; a folder of class folders is needed.");
        if (!Directory.Exists(root))
            throw new FineTuneException($"The data folder '{folder}' does not exist{RealPath.LookedFor(folder)}.");

        var scan = new FolderScan(root);
        var top = scan.Folders(root);
        var splitFolders = SplitFolders(scan, top, root);
        var folders = splitFolders.Count > 0
            ? splitFolders.ToDictionary(s => s.Key, s => ClassFolders(scan, s.Value))
            : new Dictionary<string, SortedDictionary<string, string>> { [SplitName.Train] = ClassFolders(scan, root) };
        var images = scan.Images([.. folders.Values.SelectMany(f => f.Values)]);
        if (splitFolders.Count > 0)
        {
            scan.LeaveOutFilesOf(root, "not in a class folder");
            foreach (var other in top.Where(t => !splitFolders.ContainsValue(t)))
            {
                scan.LeaveOut(other, SplitName.OfFolder(Path.GetFileName(other)) is null
                    ? "a folder beside the splits that is none of them"
                    : "a split without class folders has no labels");
            }
        }

        var splits = folders.ToDictionary(s => s.Key, s => Files(s.Value, images));
        FolderChecks.Check(root, splits, options.Classes, (split, name) =>
            name is null ? scan.OnlyHidden(splitFolders.GetValueOrDefault(split, root)) : scan.Instead(folders[split][name]));
        if (options.Folds > 0 && splits.Remove(SplitName.Validation, out var held))
        {
            if (!splits.TryAdd(SplitName.Test, held))
            {
                foreach (var file in held.Values.SelectMany(files => files))
                    scan.LeaveOut(file, "folds of the training images are validated on in its place");
            }
        }

        return Build(root, scan, splits, options);
    }

    private static Dataset Build(
        string root, FolderScan scan, Dictionary<string, SortedDictionary<string, string[]>> splits, FolderOptions options)
    {
        var names = options.Classes ?? [.. splits[FolderChecks.Deciding(splits)].Keys];
        var labels = names.Select((name, label) => (name, label)).ToDictionary(p => p.name, p => p.label, StringComparer.Ordinal);
        var draws = splits.ContainsKey(SplitName.Train) && !splits.ContainsKey(SplitName.Validation)
            && (options.ValFraction > 0 || options.Folds > 0);
        var samples = new Dictionary<string, IReadOnlyList<Sample>>(StringComparer.Ordinal);
        foreach (var split in new[] { SplitName.Train, SplitName.Validation, SplitName.Test }.Where(splits.ContainsKey))
        {
            samples[split] = [.. splits[split]
                .OrderBy(c => labels[c.Key])
                .SelectMany(c => c.Value.Select(path => new Sample(path, labels[c.Key])))];
        }

        var dataset = new Dataset
        {
            Root = root,
            Classes = names,
            Splits = samples,
            LeftOut = scan.LeftOut,
            Ignored = scan.Ignored,
            ValidationDrawn = draws,
            Draw = !draws ? null
                : options.Folds > 0 ? new StratifiedFold(options.Folds, options.Fold, options.Seed)
                : new StratifiedSplit(options.ValFraction, options.Seed),
        };
        return draws ? Drawn(dataset) : dataset;
    }

    private static Dataset Drawn(Dataset dataset)
    {
        var validation = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in dataset.Split(SplitName.Train).GroupBy(s => s.Label))
        {
            string[] names = [.. group.Select(s => dataset.Relative(s.Path))];
            if (names.Length < 2)
            {
                throw new FineTuneException($"Class '{dataset.Classes[group.Key]}' of '{dataset.Root}' has one image only; "
                    + "two are needed to draw a validation split from it.");
            }
            validation.UnionWith(dataset.Draw!.Draw(names));
        }

        return dataset.Rearranged((name, split) => validation.Contains(name) ? SplitName.Validation : split);
    }

    /// <summary>
    /// Split name to folder. A folder is a split only if class folders lie in it, so a class may be called "train" and a
    /// flat <c>test/</c> of unlabelled images is left out.
    /// </summary>
    private static Dictionary<string, string> SplitFolders(FolderScan scan, string[] top, string root)
    {
        var named = top.Where(t => SplitName.OfFolder(Path.GetFileName(t)) is not null).ToArray();
        var splits = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var folder in named.Where(n => scan.Folders(n).Length > 0))
        {
            var split = SplitName.OfFolder(Path.GetFileName(folder))!;
            if (!splits.TryAdd(split, folder))
            {
                throw new FineTuneException($"'{root}' holds both '{Path.GetFileName(splits[split])}' and '{Path.GetFileName(folder)}'; "
                    + $"one folder for the {split} split is needed.");
            }
        }

        if (splits.Count > 0 && named.FirstOrDefault(
            n => SplitName.OfFolder(Path.GetFileName(n)) is { } s && s != SplitName.Test && !splits.ContainsKey(s)) is { } flat)
        {
            throw new FineTuneException($"'{flat}' holds no class folders, as the folders beside it do.");
        }
        return splits;
    }

    /// <summary>Class name to folder. Names are composed (NFC): archives of macOS bring the same name decomposed.</summary>
    private static SortedDictionary<string, string> ClassFolders(FolderScan scan, string folder)
    {
        scan.LeaveOutFilesOf(folder, "not in a class folder");
        var classes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var inner in scan.Folders(folder))
        {
            var name = Nfc.Of(Path.GetFileName(inner));
            if (!classes.TryAdd(name, inner))
            {
                var both = $"{Spelt(classes[name])} and {Spelt(inner)}";
                throw new FineTuneException(
                    $"The folders {both} of '{folder}' have the same name in two spellings (composed and decomposed); join them.");
            }
        }

        return classes;
    }

    private static SortedDictionary<string, string[]> Files(
        SortedDictionary<string, string> folders,
        Dictionary<string, string[]> images) =>
        new(folders.ToDictionary(f => f.Key, f => images[f.Value]), StringComparer.Ordinal);

    /// <summary>A name whose spelling cannot be seen: its characters beyond ASCII by their numbers.</summary>
    private static string Spelt(string folder)
    {
        var codes = Path.GetFileName(folder).Select(c => char.IsAscii(c) ? c.ToString() : FormattableString.Invariant($"\\u{(int)c:x4}"));
        return $"'{string.Concat(codes)}'";
    }
}
