using FineTune.Augment;
using FineTune.Data;
using FineTune.Engine;
using FineTune.Evaluate;
using FineTune.Images;
using FineTune.Models;
using FineTune.Train;
using FineTune.Train.Losses;
using static TorchSharp.torch;

namespace FineTune.Experiment;

/// <summary>A network and a batch to diagnose it on, both on the CPU.</summary>
/// <param name="Network">With weights.</param>
/// <param name="Images">[N, 3, H, W] float32.</param>
/// <param name="Labels">[N] int64.</param>
/// <param name="Source">What the images are, in a few words.</param>
public sealed record DiagnosisBatch(Network Network, Tensor Images, Tensor Labels, string Source) : IDisposable
{
    private const int ClassesOfNoise = 10;

    /// <summary>What is differentiated: a run's own loss, without penalties; else the cross-entropy.</summary>
    public Func<Tensor, Tensor, Tensor> Loss { get; private init; } = (logits, labels) => nn.functional.cross_entropy(logits, labels);

    /// <summary>What is to be known of the weights and the images, a sentence each. Default: nothing.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>A run's result and images of one of its splits, taken evenly over it, without augmentation.</summary>
    /// <param name="folder">The run's.</param>
    /// <param name="split">train, val or test; null: the one that training watched.</param>
    /// <param name="count">Images, at most; at least 1.</param>
    /// <param name="data">Where its images are; null: where they were.</param>
    /// <exception cref="FineTuneException">The run or its data cannot be used.</exception>
    public static DiagnosisBatch OfRun(string folder, string? split, int count, string? data = null)
    {
        Require(count);
        var session = new RunSession(folder, data: data);
        var model = session.OpenResult();
        model.Network.Numerics = Numerics.Default; // a diagnosis is exact, whatever the run computed in
        try
        {
            var (name, samples) = session.Samples(split);
            var loss = LossTable.Create(
                session.Recipe.Loss, session.Recipe.LabelSmoothing, session.Samples(SplitName.Train).Samples, model.Classes!);
            return Of(model.Network, samples, count, $"{name} images", session.Limits) with { Loss = loss.Of, Notes = session.Notes };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>A network of the zoo and a folder's training images, taken evenly over them, without augmentation.</summary>
    /// <param name="model">A name of the zoo.</param>
    /// <param name="weights">A file or a name of the catalog; null: initial values of the seed.</param>
    /// <param name="data">The folder; null: pixels of standard normal noise and ten classes.</param>
    /// <param name="count">Images, at most; at least 1.</param>
    /// <param name="seed">Decides initial values and noise.</param>
    /// <param name="maxPixels">Pixels that an image may have at most; null: the default.</param>
    /// <exception cref="FineTuneException">The model, the weights or the folder cannot be used.</exception>
    public static DiagnosisBatch OfModel(string model, string? weights, string? data, int count, long seed, long? maxPixels = null)
    {
        Require(count);
        TorchEngine.Start(0);
        if (data is not null)
        {
            var recipe = new Recipe
            {
                Data = data,
                Model = model,
                Weights = weights,
                Seed = seed,
                Augment = AugmentSpec.Of("none"),
                AllowDuplicates = true,
                MaxPixels = ImageLimits.OfPixels(maxPixels).MaxPixels,
            };
            var experiment = Experiment.Prepare(recipe, new RunFolder(data));
            experiment.Sources.Dispose();
            experiment.Parts.Optimizer.Dispose();
            experiment.Parts.Vector.Dispose();
            var samples = experiment.Dataset.Split(SplitName.Train);
            var batch = Of(experiment.Parts.Network, samples, count, "training images", ImageLimits.OfPixels(recipe.MaxPixels));
            return batch with
            {
                Notes = [.. experiment.StartingWeightsNotes, .. DataNotes.OfFolder(experiment.Dataset, experiment.Inspection)],
            };
        }

        var opened = weights is null ? null : LoadedModel.Open(model, weights);
        var network = opened?.Network ?? Zoo.Create(model, ClassesOfNoise, seed);
        Seeding.Seed(new RandomKey(seed, 0, 0, RandomUse.Diagnose).ToSeed());
        var size = network.Preprocessing.InputSize;
        var images = randn([count, 3, size, size]);
        var labels = LabelTensor(Enumerable.Range(0, count).Select(i => i % network.Classes));
        return new DiagnosisBatch(network, images, labels, "images of noise") { Notes = opened?.Notes ?? [] };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Network.Dispose();
        Images.Dispose();
        Labels.Dispose();
    }

    private static DiagnosisBatch Of(Network network, IReadOnlyList<Sample> samples, int count, string source, ImageLimits limits)
    {
        count = Math.Min(count, samples.Count);
        Sample[] chosen = [.. Enumerable.Range(0, count).Select(i => samples[(int)((long)i * samples.Count / count)])];
        var loader = EvaluationLoader.Of(chosen, network.Preprocessing, new DecodedCache(limits: limits), batch: count);
        using var batch = loader.Epoch(0).First();
        return new DiagnosisBatch(network, Predictor.ToTensor(batch, CPU), LabelTensor(batch.Labels.ToArray()), $"{count} {source}");
    }

    private static Tensor LabelTensor(IEnumerable<long> labels) => tensor(labels.ToArray());

    private static void Require(int count)
    {
        if (count < 1)
            throw new FineTuneException($"--images is {count}; a number of at least 1 is allowed.");
    }
}
