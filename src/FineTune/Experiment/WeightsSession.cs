using FineTune.Augment;
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

    /// <summary>Opens the folder for a model's classes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The folder.</param>
    /// <param name="onBadFile">What to do about an image that cannot be read.</param>
    /// <param name="maxPixels">Pixels that an image may have at most; null: the default.</param>
    /// <exception cref="FineTuneException">The folder cannot be used, or has another number of classes.</exception>
    public WeightsSession(LoadedModel model, string data, OnBadFile onBadFile, long? maxPixels = null)
    {
        _model = model;
        _cache = new DecodedCache(limits: ImageLimits.OfPixels(maxPixels));
        var all = ImageFolder.Open(data, new FolderOptions { Classes = model.Classes, ValFraction = 0 });
        _dataset = Inspector.Inspect(all, new InspectOptions { Cache = _cache }).Screen(all, onBadFile);
        if (_dataset.Classes.Count != model.Network.Classes)
            throw new FineTuneException($"'{data}' has {_dataset.Classes.Count} classes, but '{model.Source}' tells {model.Network.Classes} apart; they are not for one another.");
    }

    /// <summary>Starts the engine and opens a model.</summary>
    /// <param name="model">A name of the zoo; null where the weights say.</param>
    /// <param name="weights">A file, or a name of the catalog.</param>
    /// <param name="numerics">How it computes; null: in float32, channel by channel.</param>
    public static LoadedModel OpenModel(string? model, string weights, Numerics? numerics = null)
    {
        TorchEngine.Start(0);
        var opened = LoadedModel.Open(model, weights);
        opened.Network.Numerics = numerics ?? Numerics.Default;
        return opened;
    }

    /// <summary>Names of the classes, in the order of the model's outputs.</summary>
    public IReadOnlyList<string> Classes => _dataset.Classes;

    /// <summary>The images of a split; by default val, else test, else all.</summary>
    public (string Split, IReadOnlyList<Sample> Samples) Samples(string? split)
    {
        split ??= new[] { SplitName.Validation, SplitName.Test }.FirstOrDefault(_dataset.Splits.ContainsKey) ?? SplitName.All;
        return (split, _dataset.Split(split));
    }

    /// <summary>What the model says about samples.</summary>
    /// <param name="samples">The images.</param>
    /// <param name="progress">Told the images done.</param>
    /// <param name="draws">Averages over draws of the stochastic layers; null: they are marginalised.</param>
    public Predictions Predict(IReadOnlyList<Sample> samples, IProgress<int>? progress = null, MonteCarlo? draws = null)
    {
        var p = _model.Network.Preprocessing;
        var loader = new Loader(samples, new LoaderOptions { BatchSize = 50, Mean = p.Mean, Std = p.Std }, Augmentations.Evaluation(p.InputSize, p.ResizeTo), _cache);
        return Predictor.Predict(_model.Network, loader, _dataset.Classes, progress, draws: draws);
    }
}
