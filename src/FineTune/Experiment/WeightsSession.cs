using FineTune.Data;
using FineTune.Engine;
using FineTune.Evaluate;
using FineTune.Images;
using FineTune.Models;

namespace FineTune.Experiment;

/// <summary>Weights held against a folder of images, without a run.</summary>
public sealed class WeightsSession
{
    private readonly LoadedModel _model;
    private readonly Dataset _dataset;
    private readonly DecodedCache _cache;

    /// <summary>
    /// Opens the folder for a model's classes. Images that the weights were trained on, where they are a run's, are left out.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="data">A folder of class folders.</param>
    /// <param name="onBadFile">What to do about images that cannot be read.</param>
    /// <param name="weights">What the model was opened by; null: it is not known to be of a run.</param>
    /// <param name="maxPixels">Pixels that an image may have at most; null: the default.</param>
    /// <exception cref="FineTuneException">The folder cannot be used, or has another number of classes.</exception>
    public WeightsSession(LoadedModel model, string data, OnBadFile onBadFile, string? weights = null, long? maxPixels = null)
    {
        _model = model;
        _cache = new DecodedCache(limits: ImageLimits.OfPixels(maxPixels));
        var all = ImageFolder.Open(data, new FolderOptions { Classes = model.Classes, ValFraction = 0 });
        var inspection = Inspector.Inspect(all, new InspectOptions { Cache = _cache });
        var screened = inspection.Screen(all, onBadFile);
        Notes = [.. DataNotes.OfFolder(screened, inspection)];
        _dataset = Unseen(screened, inspection, weights);
        if (_dataset.Classes.Count != model.Network.Classes)
        {
            throw new FineTuneException($"'{data}' has {_dataset.Classes.Count} classes, "
                + $"but '{model.Source}' tells {model.Network.Classes} apart; they are not for one another.");
        }
    }

    /// <summary>What is to be known of the images, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    /// <summary>The images that a run was not trained on.</summary>
    private Dataset Unseen(Dataset dataset, Inspection inspection, string? weights)
    {
        if (weights is null || LoadedModel.RunAround(weights) is not { } run || RunImages.Read(run) is not { } images)
            return dataset;
        var trained = images.Hashes(SplitName.Train);
        var seen = inspection.Files.Where(f => trained.Contains(f.Sha256)).Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        if (seen.Count > 0)
        {
            Notes = [.. Notes, $"{seen.Count} {(seen.Count == 1 ? "image is" : "images are")} left out: "
                + $"the run '{run.Path}' was trained on {(seen.Count == 1 ? "it" : "them")}."];
        }
        return dataset.Rearranged((name, split) => seen.Contains(name) ? null : split);
    }

    /// <summary>Starts the engine and opens a model.</summary>
    /// <param name="model">A name of the zoo; null where the weights say.</param>
    /// <param name="weights">A file, or a name of the catalog.</param>
    /// <param name="precision">What it multiplies in, not auto; null: float32.</param>
    /// <param name="layout">How images lie in memory; null: auto.</param>
    public static LoadedModel OpenModel(string? model, string weights, string? precision = null, string? layout = null)
    {
        TorchEngine.Start(0);
        var opened = LoadedModel.Open(model, weights);
        opened.Network.Numerics =
            Numerics.Open(precision ?? Numerics.Default.PrecisionName, layout ?? Numerics.Auto, opened.Network).Single();
        return opened;
    }

    /// <summary>Names of the classes, in the order of the model's outputs.</summary>
    public IReadOnlyList<string> Classes => _dataset.Classes;

    /// <summary>The images of a split; by default val, else test, else all.</summary>
    public (string Split, IReadOnlyList<Sample> Samples) Samples(string? split)
    {
        split ??= new[] { SplitName.Validation, SplitName.Test }.FirstOrDefault(_dataset.Splits.ContainsKey) ?? SplitName.All;
        var samples = _dataset.Split(split);
        if (samples.Count == 0)
            throw new FineTuneException($"There is no {split} image to measure on. {string.Join(' ', Notes)}".TrimEnd());
        Notes = [.. Notes.Union(ClassNotes.Of(split, Classes, samples.Select(s => s.Label)))];
        return (split, samples);
    }

    /// <summary>What the model says about samples.</summary>
    /// <param name="samples">The images.</param>
    /// <param name="progress">Told the images done.</param>
    /// <param name="options">Views and draws; null: the evaluation view.</param>
    public Predictions Predict(IReadOnlyList<Sample> samples, IProgress<int>? progress = null, InferenceOptions? options = null) =>
        _model.Predict(samples, _cache, options, progress) with { Classes = _dataset.Classes };
}
