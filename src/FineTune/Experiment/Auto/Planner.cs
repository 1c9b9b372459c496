using FineTune.Augment;
using FineTune.Data;
using FineTune.Diagnose;
using FineTune.Engine;
using FineTune.Optimize;
using FineTune.Optimize.SecondOrder;
using FineTune.Train;
using FineTune.Transfer;
using FineTune.Transfer.Heads;
using static System.FormattableString;

namespace FineTune.Experiment.Auto;

/// <summary>
/// Recipe auto: what an experienced person would decide after a look at the images and some short trials. Everything is decided on training images; the
/// validation split stays unseen. Without a limit of time each decision is a function of recipe, images and weights: two runs are equal to the bit.
/// </summary>
internal sealed class Planner
{
    private const int MostImages = 2000; // that are looked at to decide
    private const int OneFold = 100; // training images, from which on one held-out part is enough
    private const int SmallInput = 64; // pixels: CIFAR and its like
    private const int SmallestBatch = 10, LargestBatch = 32;
    private const double Momentum = 0.9;

    private readonly Recipe _asked;
    private readonly Dataset _dataset;
    private readonly Inspection _inspection;
    private readonly DecodedCache _decoded;
    private readonly Action<PlanDecision>? _tell;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly List<PlanDecision> _decisions = [];
    private readonly List<PlanTrial> _trials = [];

    /// <param name="asked">The recipe, whose <see cref="Recipe.Auto"/> says what is set.</param>
    /// <param name="dataset">The images, screened.</param>
    /// <param name="inspection">What is known of the files.</param>
    /// <param name="decoded">Decoded images.</param>
    /// <param name="tell">Told each decision as it is made.</param>
    /// <param name="time">The clock.</param>
    public Planner(Recipe asked, Dataset dataset, Inspection inspection, DecodedCache decoded, Action<PlanDecision>? tell = null, TimeProvider? time = null)
    {
        (_asked, _dataset, _inspection, _decoded, _tell, _time) = (asked, dataset, inspection, decoded, tell, time ?? TimeProvider.System);
        _start = _time.GetTimestamp();
    }

    private int Images => _dataset.Split(SplitName.Train).Count;

    /// <summary>The recipe with everything decided, and the plan.</summary>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="FineTuneException">The weights cannot be used.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public (Recipe Recipe, Plan Plan) Make(CancellationToken stop)
    {
        var recipe = WithBatch(_asked with { Auto = null });
        recipe = WithHead(recipe, out var input);
        recipe = WithAugmentation(recipe, input);
        recipe = WithOptimizer(recipe);
        var perPass = new LoaderOptions { BatchSize = recipe.Batch, JoinSingle = true }.BatchesOf(Images);
        var steps = Length.StepsFor(perPass, recipe.Batch);
        recipe = new Race(recipe, Folds(), _inspection, _decoded, Free("trainable"), steps).Run(_trials, Decide, stop);
        recipe = WithLength(recipe, perPass, steps);
        return (recipe, new Plan(_decisions, _trials, _time.GetElapsedTime(_start).TotalSeconds));
    }

    private bool Free(string key) => !_asked.Auto!.Given.Contains(key);

    private void Decide(string what, string value, string reason)
    {
        _decisions.Add(new PlanDecision(what, value, reason));
        _tell?.Invoke(_decisions[^1]);
    }

    private Recipe WithBatch(Recipe recipe)
    {
        if (!Free("batch"))
            return recipe;
        var target = Math.Clamp(Images / 5, SmallestBatch, LargestBatch);
        var batches = Math.Max(1, (int)Math.Round((double)Images / target));
        var batch = (Images + batches - 1) / batches;
        Decide("batch", Invariant($"{batch}"), Invariant($"{Images} training images in {batches} batches of nearly the same size"));
        return recipe with { Batch = batch };
    }

    /// <summary>The exact head, which is the start and a floor, where there are weights and the network's head is one matrix.</summary>
    private Recipe WithHead(Recipe recipe, out int input)
    {
        var exact = recipe.Weights is not null && Free("head");
        using var trial = Experiment.Of(
            recipe with { Trainable = exact ? FreezeLine.Head : FreezeLine.All, Cache = "auto", CacheFolder = null },
            Looked(),
            _inspection,
            _decoded,
            exact);
        input = trial.Parts.Network.Preprocessing.InputSize;
        if (trial.ExactHead is not { } head)
            return recipe;
        Decide("head", Invariant($"exact, {head.Method}"), Invariant($"cross-validated on the frozen features: top-1 {100 * head.Top1:0.0}%, NLL {head.Nll:0.000}; training starts from it, and no result is below it"));
        return recipe with { Head = recipe.Head with { Init = HeadInit.Exact, Penalty = head.Penalty } };
    }

    private Recipe WithAugmentation(Recipe recipe, int input)
    {
        if (!Free("augment"))
            return recipe;
        var preset = input <= SmallInput ? "cifar" : "light";
        Decide("augment", preset, Invariant($"input of {input} pixels, {Images} images: small shifts and flips"));
        return recipe with { Augment = AugmentSpec.Of(preset) };
    }

    private Recipe WithOptimizer(Recipe recipe)
    {
        if (!Free("optimizer"))
            return recipe;
        const double Decay = 5e-4;
        return recipe with { Optimizer = new NamedSpec("sgd").With("momentum", Momentum).With("weight_decay", Decay) };
    }

    private Recipe WithLength(Recipe recipe, long perPass, long steps)
    {
        var validation = _dataset.Split(Experiment.WatchedSplit(_dataset)).Count;
        var length = Length.Of(steps, perPass, recipe.Batch, validation);
        recipe = recipe with
        {
            Epochs = Free("epochs") ? length.Epochs : recipe.Epochs,
            EpochRepeats = Free("epoch_repeats") ? length.Repeats : recipe.EpochRepeats,
            EarlyStopping = Free("early_stopping") ? new Regularize.EarlyStopping { Patience = length.Patience, Watch = Regularize.EarlyStopping.Top1 } : recipe.EarlyStopping,
        };
        Decide(
            "length",
            Invariant($"{recipe.Epochs} epochs of {recipe.EpochRepeats * perPass} steps"),
            Invariant($"{steps - (Length.Passes * perPass)} steps and {Length.Passes} passes over {Images} images; ends after {recipe.EarlyStopping.Patience} epochs without a better accuracy"));
        return recipe;
    }

    /// <summary>The training images, or as many as are looked at, as training and validation split alike.</summary>
    private Dataset Looked()
    {
        var samples = Part(_dataset.Split(SplitName.Train), (double)MostImages / Images);
        return With(samples, samples);
    }

    private IReadOnlyList<Dataset> Folds()
    {
        var samples = Part(_dataset.Split(SplitName.Train), (double)MostImages / Images);
        var held = Part(samples, samples.Count < OneFold ? 0.5 : 0.25).ToHashSet();
        Sample[] others = [.. samples.Where(s => !held.Contains(s))];
        return samples.Count < OneFold ? [With(others, [.. held]), With([.. held], others)] : [With(others, [.. held])];
    }

    /// <summary>A part of the images of each class; copies of an image are on the same side.</summary>
    private IReadOnlyList<Sample> Part(IReadOnlyList<Sample> samples, double fraction)
    {
        if (fraction >= 1)
            return samples;
        var hashes = _inspection.Files.ToDictionary(f => f.Path, f => f.Sha256, StringComparer.Ordinal);
        var split = new StratifiedSplit(fraction, _asked.Seed);
        return
        [
            .. samples.GroupBy(s => s.Label).SelectMany(c =>
            {
                var names = c.ToLookup(s => hashes[_dataset.Relative(s.Path)], StringComparer.Ordinal);
                var drawn = names.Count > 1 ? split.Draw([.. names.Select(n => n.Key)]) : names.Select(n => n.Key).ToHashSet();
                return c.Where(s => drawn.Contains(hashes[_dataset.Relative(s.Path)]));
            }),
        ];
    }

    private Dataset With(IReadOnlyList<Sample> train, IReadOnlyList<Sample> held) => _dataset with
    {
        Splits = new Dictionary<string, IReadOnlyList<Sample>> { [SplitName.Train] = train, [SplitName.Validation] = held },
    };
}
