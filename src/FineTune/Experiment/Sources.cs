using System.Globalization;
using FineTune.Augment;
using FineTune.Data;
using FineTune.Models;
using FineTune.Train;
using FineTune.Train.Sources;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Experiment;

/// <summary>Where a run's batches come from: images through the whole network, or what lies at the freeze line, kept.</summary>
public sealed class Sources : IDisposable
{
    /// <summary>Views an image that `cache: auto` cycles where images are augmented.</summary>
    public const int AutomaticViews = 6;

    /// <summary>The most memory that `cache: auto` fills, in bytes; a boundary that needs more is not kept.</summary>
    public const long AutomaticBytes = 2L << 30;

    // Images that run through the frozen layers at once: large enough for all threads, small enough for the processor's caches.
    private const int PrefixBatch = 16;

    private readonly List<IDisposable> _owned = [];

    private Sources(ITrainingSource training, IValidationSource validation, int views) => (Training, Validation, Views) = (training, validation, views);

    /// <summary>What is learned from.</summary>
    public ITrainingSource Training { get; }

    /// <summary>What is watched.</summary>
    public IValidationSource Validation { get; }

    /// <summary>Views an image that are kept at the freeze line; 0: nothing is kept.</summary>
    public int Views { get; }

    /// <summary>Makes a run's sources, as its recipe's `cache` asks.</summary>
    public static Sources Create(Recipe recipe, Dataset dataset, FreezeLine line, DecodedCache decoded)
    {
        var training = Learning(recipe, dataset.Split(SplitName.Train), line.Network, decoded);
        var watched = dataset.Split(Experiment.WatchedSplit(dataset));
        var watching = Watching(recipe, watched, line.Network, decoded);
        var views = ViewsOf(recipe, line, training.Samples.Count + watched.Count);
        if (views == 0)
        {
            var device = line.Network.parameters().First().device;
            return new Sources(new ImageSource(training, line, device), new ImageValidation(watching, line, dataset.Classes), 0);
        }

        var prefix = new FrozenPrefix(line);
        var learned = new BoundaryCache(prefix, InOrder(recipe, training.Samples, line.Network, decoded, augmented: true), views);
        var seen = new BoundaryCache(prefix, InOrder(recipe, watched, line.Network, decoded, augmented: false), 1);
        var sources = new Sources(new CachedSource(training, learned, line), new CachedValidation(watched, seen, line, dataset.Classes), views);
        sources._owned.AddRange([learned, seen, prefix]);
        return sources;
    }

    /// <summary>A loader of what a network learns from: shuffled or balanced, and augmented.</summary>
    public static Loader Learning(Recipe recipe, IReadOnlyList<Sample> samples, Network network, DecodedCache decoded) =>
        new(samples, Options(recipe, network) with { BatchSize = recipe.Batch, Shuffle = true, Sampling = recipe.Sampling }, Augmented(recipe, network), decoded);

    /// <summary>A loader of what a network is measured on: the evaluation view, in order.</summary>
    public static Loader Watching(Recipe recipe, IReadOnlyList<Sample> samples, Network network, DecodedCache decoded) =>
        new(samples, Options(recipe, network) with { BatchSize = 32 }, Evaluated(network), decoded);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var owned in _owned)
            owned.Dispose();
    }

    private static Loader InOrder(Recipe recipe, IReadOnlyList<Sample> samples, Network network, DecodedCache decoded, bool augmented) =>
        new(samples, Options(recipe, network) with { BatchSize = PrefixBatch }, augmented ? Augmented(recipe, network) : Evaluated(network), decoded);

    private static LoaderOptions Options(Recipe recipe, Network network) =>
        new() { Seed = recipe.Seed, Mean = network.Preprocessing.Mean, Std = network.Preprocessing.Std };

    private static Pipeline Augmented(Recipe recipe, Network network) =>
        Augmentations.Train(recipe.Augment, network.Preprocessing.InputSize, network.Preprocessing.ResizeTo);

    private static Pipeline Evaluated(Network network) => Augmentations.Evaluation(network.Preprocessing.InputSize, network.Preprocessing.ResizeTo);

    private static int ViewsOf(Recipe recipe, FreezeLine line, int images)
    {
        if (recipe.Cache == "off")
            return 0;
        if (recipe.Cache != "auto")
        {
            var views = int.TryParse(recipe.Cache, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 100_000
                ? n
                : throw new FineTuneException($"The recipe's cache is '{recipe.Cache}'; auto, off or a number of views from 1 is allowed.");
            if (line.Norms != FrozenNorms.Inference)
                throw new FineTuneException("The recipe's cache keeps what the frozen layers computed, but with `batch_norm: statistics-only` that changes with every step; leave cache at auto.");
            return line.Stage > 0 ? views : throw new FineTuneException("The recipe's cache keeps what lies below the freeze line, but with `trainable: all` nothing does; leave cache at auto.");
        }

        if (line.Stage == 0 || line.Norms != FrozenNorms.Inference)
            return 0;
        var automatic = recipe.Augment.Preset == "none" ? 1 : Math.Min(recipe.Epochs, AutomaticViews);
        return BoundaryBytes(line) * images * automatic <= AutomaticBytes ? automatic : 0;
    }

    /// <summary>Bytes at the freeze line of one image.</summary>
    private static long BoundaryBytes(FreezeLine line)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        line.Network.eval();
        var size = line.Network.Preprocessing.InputSize;
        return line.Network.Through(0, line.Stage, zeros([1, 3, size, size]).to(line.Network.parameters().First().device)).numel() * sizeof(float);
    }
}
