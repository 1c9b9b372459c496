using FineTune.Data;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>The images of a run by split, opened when they are asked for: those that are where they were and as they were.</summary>
/// <param name="folder">Where the run, or what was made of it, is kept.</param>
/// <param name="images">Its images.</param>
/// <param name="data">Where they are; null: where they were, or beside the run if both have moved.</param>
/// <param name="decoded">Is given what was decoded.</param>
/// <param name="trainedOn">SHA-256 of all images that it learned from; null: the training images of the list.</param>
internal sealed class RunSplits(
    RunFolder folder, RunImages images, string? data, DecodedCache decoded, IReadOnlySet<string>? trainedOn = null)
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
            var notes = opened.Notes
                .Concat(ClassNotes.Of(split, images.Classes, opened.Dataset.Split(split).Select(s => s.Label)))
                .Append(Copies(split))
                .OfType<string>();
            _notes.AddRange(notes.Except(_notes).ToArray());
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

    /// <summary>Says where images that are measured were trained on too, under another name.</summary>
    private string? Copies(string split)
    {
        if (split is SplitName.Train or SplitName.All)
            return null;
        var trained = trainedOn ?? images.Hashes(SplitName.Train);
        var measured = images.Of(split).ToArray();
        var both = measured.Count(i => trained.Contains(i.Sha256));
        return both == 0 ? null
            : $"{both} of the {measured.Length} {split} images {(both == 1 ? "was" : "were")} trained on too: accuracy measured on "
                + $"{(both == 1 ? "it" : "them")} is misleading.";
    }

    private string OtherImages => File.Exists(folder.Ensemble)
        ? $"use it on other images by `finetune predict --run {ShellWord.Quote(folder.Path)} FOLDER`."
        : $"measure on other images by `finetune eval --data FOLDER --weights {ShellWord.Quote(folder.Path)}`.";
}
