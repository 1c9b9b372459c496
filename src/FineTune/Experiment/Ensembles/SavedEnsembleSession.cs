using FineTune.Data;
using FineTune.Engine;
using FineTune.Evaluate;
using FineTune.Images;
using FineTune.Train;

namespace FineTune.Experiment.Ensembles;

/// <summary>A saved ensemble, opened to be measured and used like a run.</summary>
public sealed class SavedEnsembleSession : IResultSession
{
    private readonly RunSplits _splits;

    /// <summary>Opens a saved ensemble.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="data">Where its images are; null: where they were, or beside it if both have moved.</param>
    /// <param name="maxPixels">Pixels that an image may have at most; null: as many as the images that it was made from.</param>
    /// <exception cref="FineTuneException">It is damaged.</exception>
    public SavedEnsembleSession(string folder, string? data = null, long? maxPixels = null)
    {
        (Folder, Saved) = (folder, SavedEnsemble.Read(folder));
        var place = new RunFolder(folder);
        var images = RunImages.Read(place)
            ?? throw new FineTuneException($"The ensemble '{folder}' has no images.json, the list of its images; make it anew.");
        if (!images.Classes.SequenceEqual(Saved.Classes))
        {
            throw new FineTuneException($"'{place.Ensemble}' has the classes {ClassNames.Some(Saved.Classes)}, "
                + $"but '{place.Images}' {ClassNames.Some(images.Classes)}; one of the two is damaged.");
        }
        var decoded = new DecodedCache(limits: ImageLimits.OfPixels(maxPixels ?? Saved.MaxPixels));
        _splits = new RunSplits(place, images, data, decoded, Learned(images));
        TorchEngine.Start(Saved.Threads);
    }

    /// <summary>Where it is kept.</summary>
    public string Folder { get; }

    /// <summary>What it is.</summary>
    public SavedEnsemble Saved { get; }

    /// <inheritdoc/>
    public string Weights => $"{Saved.MadeBy} of {Saved.Members.Count}";

    /// <inheritdoc/>
    public RunImages Images => _splits.Images;

    /// <inheritdoc/>
    public bool RecordsTests
    {
        get => _splits.RecordsTests;
        init => _splits.RecordsTests = value;
    }

    /// <inheritdoc/>
    public IReadOnlySet<string> TrainedOn => Learned(Images);

    /// <inheritdoc/>
    public ImageLimits Limits => _splits.Decoded.Limits;

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => _splits.Notes;

    /// <inheritdoc/>
    public IClassifier OpenResult() => Opened();

    /// <summary>Its members, in order; the caller's to free.</summary>
    public IReadOnlyList<LoadedModel> OpenMembers() => Opened().Models;

    /// <inheritdoc/>
    public (string Split, IReadOnlyList<Sample> Samples) Samples(string? split = null) => _splits.Samples(split);

    /// <inheritdoc/>
    public IReadOnlyList<string> HashesOf(IReadOnlyList<Sample> samples) => _splits.HashesOf(samples);

    /// <inheritdoc/>
    public InferenceOptions Inference(string? views, int? passes) => new()
    {
        Views = TestViews.Parse(views ?? Saved.Views),
        Draws = (passes ?? Saved.Passes) is { } k ? new MonteCarlo(k, Saved.Seed) : null,
        Seed = Saved.Seed,
    };

    /// <inheritdoc/>
    public Predictions Predict(
        IClassifier model, IReadOnlyList<Sample> samples, InferenceOptions? options = null, IProgress<int>? progress = null) =>
        model.Predict(samples, _splits.Decoded, options, progress).Ordered(Images.Classes);

    private HashSet<string> Learned(RunImages images) => [.. images.Hashes(SplitName.Train), .. Saved.TrainedOn];

    private EnsembleModel Opened() => new(Folder, Saved, Saved.Open(Folder));
}
