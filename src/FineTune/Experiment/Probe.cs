using FineTune.Data;
using FineTune.Distributed;
using FineTune.Engine;
using FineTune.Evaluate;
using FineTune.Images;
using FineTune.Models;
using FineTune.Train;
using FineTune.Transfer;
using FineTune.Transfer.Heads;
using static TorchSharp.torch;

namespace FineTune.Experiment;

/// <summary>How good a network's features are for some images.</summary>
/// <param name="Model">The architecture.</param>
/// <param name="Weights">Where its weights are from.</param>
/// <param name="Features">Values an image that the head sees.</param>
/// <param name="Penalty">The head's, chosen on the training images.</param>
/// <param name="CrossTop1">Accuracy on training images that were left out in turn, in 0..1.</param>
/// <param name="Predictions">What the head says about the images that training did not see.</param>
/// <param name="Split">The split of those.</param>
/// <param name="Seconds">Features and head, without the reading of images before.</param>
public sealed record ProbeRow(
    string Model,
    string Weights,
    long Features,
    double Penalty,
    double CrossTop1,
    Predictions Predictions,
    string Split,
    double Seconds)
{
    /// <summary>What was left out of the weights, chosen or renamed, a sentence each. Default: nothing.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>Fits an exact head to frozen features, for one model after another on the same images.</summary>
public sealed class Probe
{
    private readonly Recipe _recipe;
    private readonly DecodedCache _cache;
    private readonly Dataset _dataset;
    private readonly ICommunicator _ranks;

    /// <summary>Reads the images.</summary>
    /// <param name="recipe">
    /// Data, seed, val_fraction, on_bad_file, threads, precision and layout count; the precision is not auto.
    /// </param>
    /// <param name="progress">Told of the images read.</param>
    /// <param name="ranks">The processes that compute features together; null: this one.</param>
    /// <param name="cancellation">Ends the reading early.</param>
    /// <exception cref="FineTuneException">The folder cannot be used, or is another one on another rank.</exception>
    public Probe(
        Recipe recipe,
        IProgress<InspectProgress>? progress = null,
        ICommunicator? ranks = null,
        CancellationToken cancellation = default)
    {
        (_recipe, _ranks) = (recipe, ranks ?? OneProcess.Instance);
        _cache = new DecodedCache(limits: ImageLimits.OfPixels(recipe.MaxPixels));
        TorchEngine.Start(recipe.Threads);
        (_dataset, var inspection) = Experiment.Screen(recipe, _cache, progress, cancellation);
        Notes = [.. _dataset.Notes, .. DataNotes.OfFolder(_dataset, inspection)];
        RankedStart.RequireSameImages(_ranks, inspection);
    }

    /// <summary>What is to be known of the images, a sentence each: files that are left out, copies, classes without an image.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The heads that can be fitted: ridge regression in closed form, and logistic regression by L-BFGS.</summary>
    public static IReadOnlyList<string> Heads { get; } = ["ridge", "logistic"];

    /// <summary>Fits a head to a model's features.</summary>
    /// <param name="model">A name of the zoo; null where the weights say.</param>
    /// <param name="weights">A file, or a name of the catalog.</param>
    /// <param name="head">One of <see cref="Heads"/>.</param>
    /// <exception cref="FineTuneException">The weights cannot be read, or the features are not finite.</exception>
    public ProbeRow Run(string? model, string weights, string head)
    {
        if (!Heads.Contains(head))
            throw Nearest.Unknown("head", head, Heads);
        using var loaded = LoadedModel.Open(model, weights);
        var start = TimeProvider.System.GetTimestamp();
        loaded.Network.Numerics = Numerics.Open(_recipe.Precision, _recipe.Layout, loaded.Network).Single();
        using var prefix = new FrozenPrefix(FreezeLine.Parse(loaded.Network, FreezeLine.Head));
        var split = Experiment.WatchedSplit(_dataset);
        using var seen = Features(prefix, SplitName.Train);
        using var unseen = Features(prefix, split);
        var (w, b, penalty, cross) = Fit(seen.Epoch(0), Labels(SplitName.Train), head);
        var predictions = new Predictions(_dataset.Classes, Labels(split), Probabilities(unseen.Epoch(0), w, b));
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        return new ProbeRow(loaded.Network.GetName(), weights, seen.Epoch(0).shape[1], penalty, cross, predictions, split, seconds)
        {
            Notes = loaded.Notes,
        };
    }

    private (Tensor Weight, Tensor Bias, double Penalty, double Top1) Fit(Tensor x, long[] labels, string head)
    {
        if (head == "ridge")
        {
            using var ridge = new RidgeHead(x, labels, _dataset.Classes.Count);
            var chosen = ridge.Choose();
            var (w, b) = ridge.Fit(chosen.Penalty);
            return (w, b, chosen.Penalty, chosen.Top1);
        }

        using var logistic = new LogisticHead(x, labels, _dataset.Classes.Count);
        var best = logistic.Choose();
        var (weight, bias) = logistic.Fit(best.Penalty);
        return (weight, bias, best.Penalty, best.Top1);
    }

    private BoundaryCache Features(FrozenPrefix prefix, string split) =>
        new(
            prefix,
            EvaluationLoader.Of(_dataset.Split(split), prefix.Line.Network.Preprocessing, _cache),
            1,
            shares: new Shares(_ranks, _dataset.Split(split).Count, EvaluationLoader.BatchSize));

    private long[] Labels(string split) => [.. _dataset.Split(split).Select(s => (long)s.Label)];

    /// <summary>Softmax of the scores; of a ridge head they rank classes but are no likelihoods.</summary>
    private static double[] Probabilities(Tensor x, Tensor weight, Tensor bias)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using (weight)
        using (bias)
            return TensorValues.Of<double>(x.to(ScalarType.Float64).mm(weight.t()).Plus(bias).softmax(1).cpu().contiguous()).ToArray();
    }
}
