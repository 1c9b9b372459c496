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

    /// <summary>Classes without an image in a split, a sentence for each split: what is measured there does not tell of them.</summary>
    public IReadOnlyList<string> Notes => [.. Splits.SelectMany(s => ClassNotes.Of(s.Key, Classes, s.Value.Select(sample => sample.Label)))];

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

    /// <summary>The same dataset without <paramref name="files"/>, which move to <see cref="LeftOut"/>.</summary>
    /// <exception cref="FineTuneException">A class would be left with no image to train on, or a split with none at all.</exception>
    public Dataset Without(IReadOnlyCollection<LeftOutFile> files)
    {
        if (files.Count == 0)
            return this;
        var gone = files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        var splits = new Dictionary<string, IReadOnlyList<Sample>>(StringComparer.Ordinal);
        foreach (var (name, samples) in Splits)
        {
            Sample[] kept = [.. samples.Where(s => !gone.Contains(Relative(s.Path)))];
            var emptied = samples.Select(s => s.Label).Except(kept.Select(s => s.Label)).Order().ToArray();
            if (emptied.Length > 0 && (name == SplitName.Train || kept.Length == 0))
                throw new FineTuneException($"Class '{Classes[emptied[0]]}' has no readable image in split '{name}' of '{Root}'.");
            splits[name] = kept;
        }

        return this with
        {
            Splits = splits,
            LeftOut = [.. LeftOut.Concat(files).DistinctBy(f => f.Path).OrderBy(f => f.Path, StringComparer.Ordinal)],
        };
    }
}
