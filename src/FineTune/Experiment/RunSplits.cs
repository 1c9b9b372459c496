using FineTune.Data;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>The images of a run by split, opened when they are asked for: those that are where they were and as they were.</summary>
/// <param name="folder">Where the run, or what was made of it, is kept.</param>
/// <param name="images">Its images.</param>
/// <param name="data">Where they are; null: where they were, or beside the run if both have moved.</param>
/// <param name="decoded">Is given what was decoded.</param>
internal sealed class RunSplits(RunFolder folder, RunImages images, string? data, DecodedCache decoded)
{
    private readonly Dictionary<string, RunData> _opened = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private bool _testOpened;

    /// <summary>Images that came, went or changed, a sentence each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>What was decoded.</summary>
    public DecodedCache Decoded => decoded;

    /// <summary>Whether it is recorded that test images are measured on: of several ranks the first does so.</summary>
    public bool RecordsTests { get; set; } = true;

    /// <summary>All images, opened or not.</summary>
    public RunImages Images => images;

    /// <summary>The split that training watched.</summary>
    public string Watched => images.Watched;

    /// <summary>The images of a split.</summary>
    /// <param name="split">train, val, test or all; null: the one that training watched.</param>
    /// <exception cref="FineTuneException">There is no such split, or none of its images is there.</exception>
    public (string Split, IReadOnlyList<Sample> Samples) Samples(string? split = null)
    {
        var known = images.Splits;
        split ??= Watched;
        if (split != SplitName.All && !known.Contains(split))
            throw new FineTuneException($"The run '{folder.Path}' has no {split} images, but {string.Join(" and ", known)}; {OtherImages}");
        if (!_opened.TryGetValue(split, out var opened))
        {
            var root = images.Find(folder, data);
            _opened[split] = opened = images.Open(root, split == SplitName.All ? known : [split], decoded);
            if (opened.Dataset.Split(split).Count == 0)
                throw new FineTuneException($"None of the run's {split} images is in '{root}' as it was; {OtherImages}");
            _notes.AddRange(opened.Notes.Except(_notes));
            if (split != Watched && split is SplitName.Test or SplitName.All && known.Contains(SplitName.Test))
                OpenTest();
        }

        return (split, opened.Dataset.Split(split));
    }

    /// <summary>SHA-256 of the files of some of the images.</summary>
    public IReadOnlyList<string> HashesOf(IReadOnlyList<Sample> samples)
    {
        var root = images.Find(folder, data);
        var known = images.Images.ToDictionary(i => i.Path, i => i.Sha256, StringComparer.Ordinal);
        return [.. samples.Select(s => known[Path.GetRelativePath(root, s.Path).Replace('\\', '/')])];
    }

    /// <summary>Records once that the test images are measured on.</summary>
    public void OpenTest()
    {
        if (_testOpened || !RecordsTests)
            return;
        _testOpened = true;
        if (TestOpenings.Record(folder, TimeProvider.System) is { } note)
            _notes.Add(note);
    }

    private string OtherImages => File.Exists(folder.Ensemble)
        ? $"to use it on other images: predict --run '{folder.Path}' FOLDER."
        : $"to measure on other images: eval --data FOLDER --weights '{folder.Path}'.";
}
