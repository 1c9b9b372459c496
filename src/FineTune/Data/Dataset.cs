namespace FineTune.Data;

/// <summary>Labelled images in splits, and what was found beside them.</summary>
public sealed record Dataset
{
    /// <summary>The folder, as a full path.</summary>
    public required string Root { get; init; }

    /// <summary>Names of the classes; a sample's label is an index into them.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Samples by the split's name (<see cref="SplitName"/>), ordered by label, then by path (ordinal).</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<Sample>> Splits { get; init; }

    /// <summary>Files that are no image, or of a format that is not read, or in no class folder; ordered by path.</summary>
    public IReadOnlyList<LeftOutFile> LeftOut { get; init; } = [];

    /// <summary>How many hidden files and leftovers of operating systems (Thumbs.db and its like) were passed over.</summary>
    public int Ignored { get; init; }

    /// <summary>Whether the validation split was drawn from the training images by the seed, and not read from a folder.</summary>
    public bool ValidationDrawn { get; init; }

    /// <summary>How it is drawn; null where it was read from a folder, or drawn before.</summary>
    internal SplitDraw? Draw { get; init; }

    /// <summary>Classes without an image in a split, a sentence for each split: what is measured there does not tell of them.</summary>
    public IReadOnlyList<string> Notes =>
        [.. ClassNotes.Alike(Classes), .. Splits.SelectMany(s => ClassNotes.Of(s.Key, Classes, s.Value.Select(sample => sample.Label)))];

    /// <summary>The samples of one split, or of all of them for "all".</summary>
    /// <exception cref="FineTuneException">There is no split of this name.</exception>
    public IReadOnlyList<Sample> Split(string name)
    {
        if (Splits.TryGetValue(name, out var samples))
            return samples;
        if (name == SplitName.All)
            return [.. Splits.Values.SelectMany(s => s)];
        throw Nearest.Unknown("split", name, [.. Splits.Keys, SplitName.All]);
    }

    /// <summary>A file's path relative to <see cref="Root"/>, with forward slashes.</summary>
    public string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>The same with few training images of each class: those whose names come first by the seed. The rest is left out.</summary>
    /// <param name="perClass">How many at most; 0: all. With a larger number, those of a smaller one are among them.</param>
    /// <param name="seed">Decides which.</param>
    internal Dataset Limited(int perClass, long seed)
    {
        if (perClass == 0)
            return this;
        var kept = Split(SplitName.Train).GroupBy(s => s.Label)
            .SelectMany(c => SplitDraw.Ordered(c.Select(s => Relative(s.Path)), seed).Take(perClass))
            .Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var left = Split(SplitName.Train).Select(s => Relative(s.Path)).Where(name => !kept.Contains(name));
        return Rearranged((name, split) => split == SplitName.Train && !kept.Contains(name) ? null : split) with
        {
            LeftOut =
            [
                .. LeftOut.Concat(left.Select(name => new LeftOutFile(name, BeyondLimit))).OrderBy(f => f.Path, StringComparer.Ordinal),
            ],
        };
    }

    /// <summary>Why an image is left out that would be one too many.</summary>
    internal const string BeyondLimit = "more of its class than images_per_class";

    /// <summary>The same images in other splits.</summary>
    /// <param name="split">The split of an image, from its relative path and the split that it is in; null: it is left out.</param>
    internal Dataset Rearranged(Func<string, string, string?> split)
    {
        var placed = Splits.SelectMany(s => s.Value.Select(sample => (Sample: sample, Split: split(Relative(sample.Path), s.Key))))
            .ToArray();
        return this with
        {
            Splits = new[] { SplitName.Train, SplitName.Validation, SplitName.Test }
                .Where(name => Splits.ContainsKey(name) || placed.Any(p => p.Split == name))
                .ToDictionary(name => name, IReadOnlyList<Sample> (name) => [.. placed.Where(p => p.Split == name).Select(p => p.Sample)
                    .OrderBy(s => s.Label).ThenBy(s => s.Path, StringComparer.Ordinal)]),
        };
    }
}
