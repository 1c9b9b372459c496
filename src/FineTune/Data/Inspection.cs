using System.Security.Cryptography;
using System.Text;

namespace FineTune.Data;

/// <summary>What a dataset holds, after every file was decoded once. Serialises to JSON as it stands.</summary>
public sealed record Inspection
{
    private const int FewImages = 3; // that are named

    /// <summary>The folder, as a full path.</summary>
    public required string Root { get; init; }

    /// <summary>Names of the classes.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Every sample, by path.</summary>
    public required IReadOnlyList<InspectedFile> Files { get; init; }

    /// <summary>Files that are no image or of a format that is not read.</summary>
    public required IReadOnlyList<LeftOutFile> LeftOut { get; init; }

    /// <summary>Hidden files and leftovers of operating systems that were passed over.</summary>
    public required int Ignored { get; init; }

    /// <summary>Whether the validation split was drawn from the training images by the seed.</summary>
    public required bool ValidationDrawn { get; init; }

    /// <summary>Readable images: split, then class, to number; a class without any is there with 0.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Counts => Files
        .GroupBy(f => f.Split)
        .ToDictionary(s => s.Key,
            IReadOnlyDictionary<string, int> (s) => Classes.ToDictionary(c => c, c => s.Count(f => f.Class == c && f.Problem is null)));

    /// <summary>Class names that are almost the same; classes without a readable image in a split, a sentence for each split.</summary>
    public IReadOnlyList<string> Notes =>
    [
        .. ClassNotes.Alike(Classes),
        .. Counts.SelectMany(s => ClassNotes.Of(s.Key, Classes, Classes.Index().Where(c => s.Value[c.Item] > 0).Select(c => c.Index))),
    ];

    /// <summary>Readable images of each format.</summary>
    public IReadOnlyDictionary<string, int> Formats =>
        Readable.GroupBy(f => f.Format!).OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count());

    /// <summary>Widths in pixels; null if no image is readable.</summary>
    public SizeRange? Widths => SizeRange.Of(Readable.Select(f => (long)f.Width));

    /// <summary>Heights in pixels; null if no image is readable.</summary>
    public SizeRange? Heights => SizeRange.Of(Readable.Select(f => (long)f.Height));

    /// <summary>Lengths of the files in bytes; null if no image is readable.</summary>
    public SizeRange? FileSizes => SizeRange.Of(Readable.Select(f => f.Bytes));

    /// <summary>Images that cannot be read, each with its reason: those that <see cref="OnBadFile"/> decides on.</summary>
    public IReadOnlyList<LeftOutFile> Unreadable => [.. Files.Where(f => f is { Problem: not null, NotAnImage: false }).Select(Refused)];

    /// <summary>Readable files that are there more than once, those across splits first.</summary>
    public IReadOnlyList<DuplicateGroup> Duplicates =>
    [
        .. Readable.GroupBy(f => f.Sha256)
            .Where(g => g.Count() > 1)
            .Select(g => new DuplicateGroup(
                g.Key, [.. g.Select(f => f.Path)], g.DistinctBy(f => f.Split).Count() > 1, g.DistinctBy(f => f.Class).Count() > 1))
            .OrderByDescending(d => d.AcrossSplits)
            .ThenBy(d => d.Paths[0], StringComparer.Ordinal),
    ];

    /// <summary>
    /// Names the dataset's content: the SHA-256, in lower-case hexadecimal, over a line "SHA-256 of the file, two spaces,
    /// relative path" for each readable image in ordinal order of the paths. The same whatever the machine.
    /// </summary>
    public string ManifestHash => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Concat(Readable.Select(f => $"{f.Sha256}  {f.Path}\n")))));

    private IEnumerable<InspectedFile> Readable => Files.Where(f => f.Problem is null);

    /// <summary>
    /// The dataset with readable images only. Files that are no image are left out; an unreadable image stops it or is
    /// left out, as <paramref name="policy"/> says.
    /// </summary>
    /// <param name="dataset">The dataset that was inspected.</param>
    /// <param name="policy">What to do about images that cannot be read.</param>
    /// <param name="allowDuplicates">Whether images may be in several splits or classes, which makes what is measured misleading.</param>
    /// <exception cref="FineTuneException">
    /// Images cannot be read and the policy is to stop, or a class would be emptied, or there are such copies. All that stands in the way
    /// is said at once.
    /// </exception>
    public Dataset Screen(Dataset dataset, OnBadFile policy, bool allowDuplicates = true)
    {
        string?[] refusals = [policy == OnBadFile.Fail ? RefuseUnreadable() : null, allowDuplicates ? null : RefuseLeaks()];
        if (refusals.OfType<string>().ToArray() is { Length: > 0 } reasons)
            throw new FineTuneException(string.Join(" Also, ", reasons));
        var readable = Readable.ToDictionary(f => f.Path, f => f.Split, StringComparer.Ordinal);
        var screened = dataset.Rearranged((name, _) => readable.GetValueOrDefault(name));
        foreach (var (split, samples) in dataset.Splits)
        {
            var emptied = samples.Select(s => s.Label).Except(screened.Splits[split].Select(s => s.Label)).Order().ToArray();
            if (emptied.Length > 0 && ValidationDrawn && split != SplitName.Test)
            {
                throw new FineTuneException(
                    $"Class '{Classes[emptied[0]]}' of '{Root}' has fewer than two different images that can be read; "
                    + "two are needed to draw a validation split from it.");
            }

            if (emptied.Length > 0 && (split == SplitName.Train || screened.Splits[split].Count == 0))
                throw new FineTuneException($"Class '{Classes[emptied[0]]}' has no readable image in split '{split}' of '{Root}'.");
        }

        return screened with
        {
            LeftOut = [.. dataset.LeftOut.Concat(Files.Where(f => f.Problem is not null).Select(Refused))
                .DistinctBy(f => f.Path).OrderBy(f => f.Path, StringComparer.Ordinal)],
        };
    }

    private string? RefuseUnreadable()
    {
        var bad = Unreadable;
        if (bad.Count == 0)
            return null;
        var named = FirstFew.Of([.. bad.Select(f => $"'{f.Path}' ({f.Reason})")], FewImages);
        var it = bad.Count == 1 ? "it" : "them";
        return $"{bad.Count} of {Files.Count} images in '{Root}' cannot be read: {named}; "
            + $"repair or remove {it}, or leave {it} out with --on-bad-file skip.";
    }

    private string? RefuseLeaks() => Leaks is { Count: > 0 } leaks
        ? $"{Sentence(leaks)}; accuracy measured on them is misleading. Remove the copies, or go on all the same with --allow-duplicates."
        : null;

    /// <summary>Images that are in several splits or several classes.</summary>
    internal IReadOnlyList<DuplicateGroup> Leaks => [.. Duplicates.Where(d => d.AcrossSplits || d.AcrossClasses)];

    /// <summary>"2 images of 'photos' are there more than once, in several splits or classes: ...", without an end.</summary>
    internal string Sentence(IReadOnlyList<DuplicateGroup> leaks)
    {
        var where = (leaks.Any(d => d.AcrossSplits), leaks.Any(d => d.AcrossClasses)) switch
        {
            (true, true) => "splits and classes",
            (true, false) => "splits",
            _ => "classes",
        };
        return $"{Number(leaks)} in several {where}: {Named(leaks)}";
    }

    /// <summary>Images that are more than once in one class of one split, a sentence; null where there are none.</summary>
    internal string? Copies => Duplicates.Where(d => !d.AcrossSplits && !d.AcrossClasses).ToArray() is { Length: > 0 } copies
        ? $"{Number(copies)} there more than once, in the same class: {Named(copies)}; each copy counts."
        : null;

    /// <summary>"2 images of 'photos' are".</summary>
    private string Number(IReadOnlyList<DuplicateGroup> groups) =>
        $"{groups.Count} {(groups.Count == 1 ? "image" : "images")} of '{Root}' {(groups.Count == 1 ? "is" : "are")}";

    private static string Named(IReadOnlyList<DuplicateGroup> groups) =>
        FirstFew.Of([.. groups.Select(d => string.Join(" = ", d.Paths.Take(FewImages).Select(p => $"'{p}'")))], FewImages);

    private static LeftOutFile Refused(InspectedFile file) => new(file.Path, file.Problem!);
}
