using System.Globalization;
using FineTune.Augment;
using FineTune.Data;
using FineTune.Distributed;
using FineTune.Evaluate;
using FineTune.Models;
using FineTune.Train;
using FineTune.Train.Sources;
using FineTune.Transfer;

namespace FineTune.Experiment;

/// <summary>Where a run's batches come from: images through the whole network, or what lies at the freeze line, kept.</summary>
public sealed class Sources : IDisposable
{
    /// <summary>Views an image that `cache: auto` cycles where images are augmented.</summary>
    public const int AutomaticViews = 6;

    /// <summary>The fewest views worth keeping of augmented images: with less, augmentation would be as good as off.</summary>
    public const int FewestViews = 3;

    /// <summary>The most memory that `cache: auto` fills, in bytes; on disk it is the recipe's `cache_limit`.</summary>
    public const long AutomaticBytes = 2L << 30;

    // Images that run through the frozen layers at once: large enough for all threads, small enough for the processor's caches.
    private const int PrefixBatch = 16;

    private readonly List<IDisposable> _owned = [];

    private BoundaryCache[] _caches = [];

    private Sources(Recipe recipe, ITrainingSource training, IValidationSource validation, int views, string? whyNone = null) =>
        (Training, Validation, Views, WhyNone) =
            (recipe.EpochRepeats == 1 ? training : new RepeatedSource(training, recipe.EpochRepeats), validation, views, whyNone);

    /// <summary>What is learned from.</summary>
    public ITrainingSource Training { get; }

    /// <summary>What is watched.</summary>
    public IValidationSource Validation { get; }

    /// <summary>Views an image that are kept at the freeze line; 0: nothing is kept.</summary>
    public int Views { get; }

    /// <summary>Why views stay in memory though the recipe names a folder for them; else null.</summary>
    public string? NotKept { get; private set; }

    /// <summary>Why nothing is kept though there are frozen layers; else null.</summary>
    public string? WhyNone { get; }

    /// <summary>Views of training and validation images that were computed here; those of a run before were not.</summary>
    public int ComputedViews => _caches.Sum(c => c.Computed);

    /// <summary>Makes the sources of a run's phase, as its recipe's `cache` asks.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="inspection">What is known of their files.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="decoded">Decoded images.</param>
    /// <param name="ranks">The processes that train together.</param>
    /// <param name="parts">Parts that a batch is divided into.</param>
    public static Sources Create(
        Recipe recipe, Dataset dataset, Inspection inspection, Phase phase, DecodedCache decoded, ICommunicator ranks, int parts)
    {
        var line = phase.Line;
        var training = Learning(recipe, dataset.Split(SplitName.Train), line.Network, decoded);
        var watched = dataset.Split(Experiment.WatchedSplit(dataset));
        var mine = MicroBatch.Of(ranks.Rank, ranks.Size, parts);
        Func<int, Range>? rows = ranks.Size == 1 ? null : images => MicroBatch.Rows(images, recipe.Batch, parts, mine);
        var (views, whyNone) = ViewsOf(recipe, phase, training.Samples.Count + watched.Count);
        var prefix = line.Stage > 0 && line.IsStill ? new FrozenPrefix(line) : null;
        if (views == 0 || prefix is null)
        {
            var device = line.Network.parameters().First().device;
            var validation = Divided(ranks, watched, EvaluationLoader.BatchSize, images => new ImageValidation(
                EvaluationLoader.Of(images, line.Network.Preprocessing, decoded, viewBytes: EvaluationLoader.ViewBytes),
                line,
                dataset.Classes));
            var anew = new Sources(recipe, new ImageSource(training, line, device, prefix, rows), validation, 0, whyNone);
            if (prefix is not null)
                anew._owned.Add(prefix);
            return anew;
        }

        var notKept = recipe.CacheFolder is { } wanted ? Refusal(wanted, ranks) : null;
        var store = recipe.CacheFolder is { } folder && notKept is null
            ? new BoundaryStore(folder, (long)(recipe.CacheLimit * (1L << 30)), TimeProvider.System)
            : null;
        BoundaryCache Cache(IReadOnlyList<Sample> samples, int count, bool augmented)
        {
            var loader = InOrder(recipe, samples, line.Network, decoded, augmented);
            return store is not null
                ? new BoundaryCache(
                    prefix, loader, count, store, () => BoundaryKey.Of(recipe, line, dataset, inspection, samples, augmented))
                : new BoundaryCache(prefix, loader, count, shares: augmented ? new Shares(ranks, samples.Count, PrefixBatch) : null);
        }

        var learned = Cache(training.Samples, views, augmented: true);
        List<BoundaryCache> caches = [learned];
        var seen = Divided(ranks, watched, CachedValidation.Rows, images =>
        {
            caches.Add(Cache(images, 1, augmented: false));
            return new CachedValidation(images, caches[^1], line, dataset.Classes);
        });
        var sources = new Sources(recipe, new CachedSource(training, learned, line, rows), seen, views);
        sources._caches = [.. caches];
        sources.NotKept = notKept;
        sources._owned.AddRange([.. caches, prefix]);
        return sources;
    }

    /// <summary>Validation images, divided among the ranks where each then has some.</summary>
    private static IValidationSource Divided(
        ICommunicator ranks, IReadOnlyList<Sample> images, int batch, Func<IReadOnlyList<Sample>, IValidationSource> source)
    {
        var shares = new Shares(ranks, images.Count, batch);
        return shares.IsWorthIt
            ? new RankedValidation(shares, source([.. images.Take(shares.Items)]), images)
            : source(images);
    }

    /// <summary>
    /// A loader of what a network learns from: shuffled or balanced, augmented, and without a last batch of a single image.
    /// </summary>
    public static Loader Learning(Recipe recipe, IReadOnlyList<Sample> samples, Network network, DecodedCache decoded)
    {
        var options = Options(recipe, network) with
        {
            BatchSize = recipe.Batch,
            Shuffle = true,
            Sampling = recipe.Sampling,
            JoinSingle = true,
        };
        return new(samples, options, Augmented(recipe, network), decoded);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var owned in _owned)
            owned.Dispose();
    }

    private static Loader InOrder(Recipe recipe, IReadOnlyList<Sample> samples, Network network, DecodedCache decoded, bool augmented) =>
        new(samples, Options(recipe, network) with { BatchSize = PrefixBatch },
            augmented ? Augmented(recipe, network) : Evaluated(network), decoded);

    private static LoaderOptions Options(Recipe recipe, Network network) =>
        new() { Seed = recipe.Seed, Mean = network.Preprocessing.Mean, Std = network.Preprocessing.Std };

    private static Pipeline Augmented(Recipe recipe, Network network) =>
        Augmentations.Train(
            recipe.Augment, network.Preprocessing.InputSize, network.Preprocessing.ResizeTo, network.Preprocessing.Interpolation);

    private static Pipeline Evaluated(Network network) =>
        Augmentations.Evaluation(network.Preprocessing.InputSize, network.Preprocessing.ResizeTo, network.Preprocessing.Interpolation);

    /// <summary>Views per image, and where no outputs of frozen layers are kept, why.</summary>
    private static (int Views, string? WhyNone) ViewsOf(Recipe recipe, Phase phase, int images)
    {
        var line = phase.Line;
        if (recipe.Cache == "off")
            return (0, line.Stage > 0 ? "the recipe's cache is off" : null);
        if (recipe.Cache != "auto")
        {
            var given = int.TryParse(recipe.Cache, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 100_000
                ? n
                : throw new FineTuneException($"The recipe's cache is '{recipe.Cache}'; auto, off or a number of views from 1 is allowed.");
            if (!line.IsStill)
            {
                throw new FineTuneException("The recipe's cache keeps what the frozen layers computed, "
                    + $"but with `batch_norm: {recipe.BatchNorm}` that changes with every step; leave cache at auto.");
            }
            return line.Stage > 0 ? (given, null) : throw new FineTuneException(
                "The recipe's cache keeps the output of the frozen layers, but with `trainable: all` there are none; leave cache at auto.");
        }

        if (line.Stage == 0)
            return (0, null);
        if (!line.IsStill)
            return (0, "batch norm below the freeze boundary uses the statistics of each batch");
        var wanted = recipe.Augment.Preset == "none" ? 1 : (int)Math.Min((long)phase.Epochs * recipe.EpochRepeats, AutomaticViews);
        var bytes = line.BoundaryBytes() * images;
        var limit = recipe.CacheFolder is null ? AutomaticBytes : (long)(recipe.CacheLimit * (1L << 30));
        var views = (int)Math.Min(wanted, limit / bytes);
        return views >= Math.Min(wanted, FewestViews)
            ? (views, null)
            : (0, FormattableString.Invariant($"{Math.Min(wanted, FewestViews)} views per image would need ")
                + FormattableString.Invariant($"{Gib(Math.Min(wanted, FewestViews) * bytes):0.0} GiB; the limit is {Gib(limit):0.0} GiB"));
    }

    /// <summary>Why a folder cannot be had; null where it can.</summary>
    private static string? Refusal(string folder, ICommunicator ranks)
    {
        if (ranks.Size > 1)
            return "several ranks compute them together";
        try
        {
            Directory.CreateDirectory(folder);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"'{folder}' cannot be used: {AtomicFile.Reason(e)}";
        }
    }

    private static double Gib(long bytes) => bytes / (double)(1L << 30);
}
