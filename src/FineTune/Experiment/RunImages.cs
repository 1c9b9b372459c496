using System.Text.Json;
using FineTune.Data;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>An image of a run.</summary>
/// <param name="Path">Relative to the data folder, with forward slashes.</param>
/// <param name="Split">The split that the run has it in.</param>
/// <param name="Class">Its class.</param>
/// <param name="Bytes">The length of its file.</param>
/// <param name="Sha256">Of its file, in lower-case hexadecimal.</param>
public sealed record RunImage(string Path, string Split, string Class, long Bytes, string Sha256);

/// <summary>
/// The images that a run was made from, file by file, as images.json keeps them: what is measured later is measured on the same
/// split, whatever has come to the folder since.
/// </summary>
/// <param name="Root">The data folder, as a full path.</param>
/// <param name="FromRun">The same, relative to the run's folder: both may move together.</param>
/// <param name="Classes">Names of the classes, in the order of the model's outputs.</param>
/// <param name="Drawn">Whether the validation split was drawn by the seed.</param>
/// <param name="Images">Every image, by path.</param>
/// <param name="LeftOut">Files that the run left out.</param>
public sealed record RunImages(
    string Root,
    string FromRun,
    IReadOnlyList<string> Classes,
    bool Drawn,
    IReadOnlyList<RunImage> Images,
    IReadOnlyList<LeftOutFile> LeftOut)
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The images of a run that is about to begin.</summary>
    /// <param name="folder">The run's.</param>
    /// <param name="dataset">What it uses, screened.</param>
    /// <param name="inspection">What is known of the files.</param>
    public static RunImages Of(RunFolder folder, Dataset dataset, Inspection inspection)
    {
        var splits = dataset.Splits.SelectMany(s => s.Value.Select(sample => (Name: dataset.Relative(sample.Path), Split: s.Key)))
            .ToDictionary(p => p.Name, p => p.Split, StringComparer.Ordinal);
        return new RunImages(
            dataset.Root,
            Relative(folder.Path, dataset.Root),
            dataset.Classes,
            dataset.ValidationDrawn,
            [.. inspection.Files.Where(f => splits.ContainsKey(f.Path))
                .Select(f => new RunImage(f.Path, splits[f.Path], f.Class, f.Bytes, f.Sha256))],
            dataset.LeftOut);
    }

    /// <summary>Reads a run's images.json; null where there is none: the run was killed before anything was trained.</summary>
    /// <exception cref="FineTuneException">The file is damaged.</exception>
    public static RunImages? Read(RunFolder folder)
    {
        if (!File.Exists(folder.Images))
            return null;
        try
        {
            var read = JsonSerializer.Deserialize<RunImages>(RegularFile.Text(folder.Images), SnakeCase);
            if (read is { Root: not null, FromRun: not null, Classes.Count: > 0, Images.Count: > 0, LeftOut: not null }
                && read.Images.All(read.IsSound))
                return read;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"'{folder.Images}' cannot be read: {JsonReason.Of(e)}.", e);
        }

        throw new FineTuneException($"'{folder.Images}' is not the list of a run's images; the file is damaged.");
    }

    /// <summary>Writes images.json.</summary>
    public void Write(RunFolder folder) => AtomicFile.WriteJson(folder.Images, JsonSerializer.SerializeToNode(this, SnakeCase)!);

    /// <summary>The same as seen from another folder of results.</summary>
    /// <param name="root">Where the images are.</param>
    /// <param name="folder">Where the list is to be kept.</param>
    internal RunImages At(string root, string folder) => this with { Root = root, FromRun = Relative(folder, root) };

    /// <summary>The splits that there are.</summary>
    internal IReadOnlyList<string> Splits => [.. Images.Select(i => i.Split).Distinct()];

    /// <summary>The split that training watched.</summary>
    internal string Watched => Splits.Contains(SplitName.Validation) ? SplitName.Validation : SplitName.Test;

    /// <summary>Images of a split.</summary>
    public IEnumerable<RunImage> Of(string split) => Images.Where(i => split == SplitName.All || i.Split == split);

    /// <summary>SHA-256 of the images of a split.</summary>
    internal HashSet<string> Hashes(string split) => Of(split).Select(i => i.Sha256).ToHashSet(StringComparer.Ordinal);

    /// <summary>Where the data folder is now: the one that is named, else that of the run, else where it lies if both have moved.</summary>
    /// <param name="folder">The run's.</param>
    /// <param name="data">A folder to use in place of the run's; null: none.</param>
    /// <exception cref="FineTuneException">It is not there.</exception>
    public string Find(RunFolder folder, string? data)
    {
        if (data is not null)
        {
            var named = System.IO.Path.GetFullPath(data);
            return Directory.Exists(named)
                ? named
                : throw new FineTuneException($"The data folder '{data}' does not exist{RealPath.LookedFor(data)}.");
        }

        string[] places = [Root, System.IO.Path.GetFullPath(System.IO.Path.Combine(folder.Path, FromRun))];
        if ((places.FirstOrDefault(HasAll) ?? places.FirstOrDefault(HasAny)) is { } found)
            return found;
        var beside = places[1] == Root ? string.Empty : $", and not in '{places[1]}'";
        throw new FineTuneException(
            $"The images of the run '{folder.Path}' are not in '{Root}' any more{beside}; say by --data where they are.");
    }

    /// <summary>The run's images in a folder, those of some splits looked at bit by bit.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="splits">Which splits are looked at and in the result.</param>
    /// <param name="cache">Is given what was decoded.</param>
    /// <param name="progress">Told of the images read.</param>
    /// <param name="cancellation">Ends the reading early.</param>
    public RunData Open(
        string root,
        IReadOnlyCollection<string> splits,
        DecodedCache cache,
        IProgress<InspectProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        var there = Images.Where(i => File.Exists(PathIn(root, i))).ToArray();
        var labels = Classes.Select((name, label) => (name, label)).ToDictionary(p => p.name, p => p.label, StringComparer.Ordinal);
        var dataset = new Dataset
        {
            Root = root,
            Classes = Classes,
            LeftOut = LeftOut,
            ValidationDrawn = Drawn,
            Splits = splits.ToDictionary(split => split, IReadOnlyList<Sample> (split) => [.. there.Where(i => i.Split == split)
                .Select(i => new Sample(PathIn(root, i), labels[i.Class]))
                .OrderBy(s => s.Label).ThenBy(s => s.Path, StringComparer.Ordinal)]),
        };
        var inspection = Inspector.Inspect(dataset, new InspectOptions { Cache = cache }, progress, cancellation);
        var known = there.ToDictionary(i => i.Path, StringComparer.Ordinal);
        if (inspection.Files.FirstOrDefault(f => f.Problem is not null && f.Sha256 == known[f.Path].Sha256) is { } refused)
            throw new FineTuneException($"The run's image '{refused.Path}' cannot be read: {refused.Problem}.");
        var changed = inspection.Files.Where(f => f.Problem is not null || f.Sha256 != known[f.Path].Sha256).Select(f => f.Path)
            .Concat(there.Where(i => !splits.Contains(i.Split) && new FileInfo(PathIn(root, i)).Length != i.Bytes).Select(i => i.Path))
            .Order(StringComparer.Ordinal).ToArray();
        var differs = changed.ToHashSet(StringComparer.Ordinal);
        return new RunData(
            dataset.Rearranged((name, split) => differs.Contains(name) ? null : split),
            inspection,
            Came(root),
            [.. Images.Except(there).Select(i => i.Path)],
            changed);
    }

    /// <summary>Images that are in the folder and not in the run.</summary>
    private string[] Came(string root)
    {
        var known = Images.Select(i => i.Path).Concat(LeftOut.Select(f => f.Path)).ToHashSet(StringComparer.Ordinal);
        var scan = new FolderScan(root);
        var names = scan.Images([root])[root].Select(path => System.IO.Path.GetRelativePath(root, path).Replace('\\', '/'));
        return [.. names.Where(name => !known.Contains(name))];
    }

    /// <summary>Whether an entry is one that <see cref="Write"/> writes: none leads out of the data folder.</summary>
    private bool IsSound(RunImage image) => image is { Path.Length: > 0, Split: not null, Sha256: not null }
        && Classes.Contains(image.Class)
        && !System.IO.Path.IsPathRooted(image.Path) && !image.Path.Split('/', '\\').Contains("..");

    private bool HasAll(string root) => Directory.Exists(root) && Images.All(i => File.Exists(PathIn(root, i)));

    private bool HasAny(string root) => Directory.Exists(root) && Images.Any(i => File.Exists(PathIn(root, i)));

    private static string Relative(string folder, string root) =>
        System.IO.Path.GetRelativePath(System.IO.Path.GetFullPath(folder), root).Replace('\\', '/');

    private static string PathIn(string root, RunImage image) =>
        System.IO.Path.Combine(root, image.Path.Replace('/', System.IO.Path.DirectorySeparatorChar));
}

/// <summary>The images of a run as they are in a folder now.</summary>
/// <param name="Dataset">Those that are as they were.</param>
/// <param name="Inspection">What was found of those that were looked at.</param>
/// <param name="Came">Images that are there and not in the run.</param>
/// <param name="Gone">Images of the run that are not there.</param>
/// <param name="Changed">Images of the run whose files are others by now.</param>
public sealed record RunData(
    Dataset Dataset,
    Inspection Inspection,
    IReadOnlyList<string> Came,
    IReadOnlyList<string> Gone,
    IReadOnlyList<string> Changed)
{
    private const int FewImages = 3; // that are named

    /// <summary>What is not as it was, a sentence each; none where all is.</summary>
    public IReadOnlyList<string> Notes => [.. Note(Came, "new in the data folder and not used"), .. Lost];

    /// <summary>Images of the run that cannot be used any more, a sentence each.</summary>
    internal IReadOnlyList<string> Lost =>
    [
        .. Note(Gone, "not in the data folder any more"),
        .. Note(Changed, "changed since the run was trained and not used"),
    ];

    private static IEnumerable<string> Note(IReadOnlyList<string> names, string what)
    {
        if (names.Count == 0)
            yield break;
        var named = FirstFew.Of([.. names.Select(n => $"'{n}'")], FewImages);
        yield return $"{names.Count} {(names.Count == 1 ? "image is" : "images are")} {what}: {named}.";
    }
}
