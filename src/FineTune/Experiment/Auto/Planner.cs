using FineTune.Augment;
using FineTune.Data;
using FineTune.Optimize.Schedules;
using FineTune.Regularize;
using FineTune.Train;
using FineTune.Transfer;
using FineTune.Transfer.Heads;
using FineTune.Weights;
using static System.FormattableString;

namespace FineTune.Experiment.Auto;

/// <summary>
/// Recipe auto: what an experienced person would decide after a look at the images and some short trials. Everything is decided on
/// training images; the validation split stays unseen. Without a limit of time each decision is a function of recipe, images and
/// weights: two runs are equal to the bit.
/// </summary>
internal sealed class Planner
{
    private const int MostImages = 2000; // that are looked at to decide
    private const int FewestToCompare = 50; // training images; short trainings on half of fewer tell nothing apart
    private const int OneFold = 100; // training images, from which on one held-out part is enough
    private const int MostTimes = 4; // the steps by the number of images, where there is time
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
    private int _input; // pixels a side

    /// <param name="asked">The recipe, whose <see cref="Recipe.Auto"/> says what is set.</param>
    /// <param name="dataset">The images, screened.</param>
    /// <param name="inspection">What is known of the files.</param>
    /// <param name="decoded">Decoded images.</param>
    /// <param name="tell">Told each decision as it is made.</param>
    /// <param name="time">The clock.</param>
    public Planner(
        Recipe asked,
        Dataset dataset,
        Inspection inspection,
        DecodedCache decoded,
        Action<PlanDecision>? tell = null,
        TimeProvider? time = null)
    {
        (_asked, _dataset, _inspection, _decoded, _tell) = (asked, dataset, inspection, decoded, tell);
        _time = time ?? TimeProvider.System;
        _start = _time.GetTimestamp();
    }

    private int Images => _dataset.Split(SplitName.Train).Count;

    /// <summary>The recipe with everything decided, and the plan.</summary>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="FineTuneException">The weights cannot be used.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public (Recipe Recipe, Plan Plan) Make(CancellationToken stop)
    {
        var recipe = WithWeights(_asked with { Auto = null }, stop);
        recipe = WithHeadAndAugmentation(recipe); // the first to open the network
        recipe = WithBatch(recipe);
        recipe = WithOptimizer(recipe);
        var perPass = new LoaderOptions { BatchSize = recipe.Batch, JoinSingle = true }.BatchesOf(Images);
        var steps = Length.StepsFor(perPass, recipe.Batch, _input);
        if (recipe.Snapshots > 0 && Free("epochs"))
            _ = Cosine.SnapshotSteps(_asked.Auto!.Minutes is null ? steps : MostTimes * steps, recipe.Snapshots); // before it takes time
        var race = new Race(Folds(), Looked(), _inspection, _decoded, Decide, IsLate);
        var lineIsFree = Free("trainable") && recipe.Weights is not null; // what was never trained is not frozen
        var raced = race.Run(Bare(recipe), Free("optimizer"), lineIsFree, steps, Left(), _trials, stop);
        recipe = recipe with { Optimizer = raced.Optimizer, Trainable = raced.Trainable };
        if (raced.Optimizer == Race.AdamW && Free("schedule") && recipe.Snapshots == 0)
            recipe = recipe with { Schedule = new NamedSpec("one-cycle") };
        if (Left() is { } left)
            steps = Math.Clamp((long)(left * (1 - Length.ValidationShare) / race.StepSeconds), perPass, MostTimes * steps);
        recipe = WithLength(recipe, perPass, steps);
        var bound = Free("optimizer") && raced.Optimizer != Race.AdamW ? race.Bound : null;
        return (recipe, new Plan(_decisions, _trials, bound, _time.GetElapsedTime(_start).TotalSeconds));
    }

    /// <summary>Seconds that the run still has; null: as long as it takes.</summary>
    private double? Left() => _asked.Auto!.Minutes is { } minutes
        ? Math.Max(1, (60 * minutes) - _time.GetElapsedTime(_start).TotalSeconds)
        : null;

    private bool IsLate() =>
        _asked.Auto!.Minutes is { } minutes && _time.GetElapsedTime(_start).TotalSeconds > Race.Share * 60 * minutes;

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
        var parts = batches == 1 ? "1 batch" : $"{batches} batches of nearly the same size";
        Decide("batch", Invariant($"{batch}"), $"{Images} training images in {parts}");
        return recipe with { Batch = batch };
    }

    /// <summary>The catalog's weights whose frozen features suit the images best, where none are named.</summary>
    private Recipe WithWeights(Recipe recipe, CancellationToken stop)
    {
        if (recipe.Weights != NamedRecipes.Auto && (recipe.Weights is not null || recipe.Model.Length > 0))
            return recipe;
        var known = Catalog.Cards().Where(c => recipe.Model.Length == 0 || c.Model == recipe.Model).ToArray();
        var cards = known.Where(c => Catalog.Source(c).IsHere).ToArray();
        if (cards.Length == 0)
        {
            var of = recipe.Model.Length > 0 ? $" of {recipe.Model}" : string.Empty;
            throw new FineTuneException(known.Length == 0
                ? $"The catalog has no weights{of} to choose from (`finetune list weights`); give a file as --weights."
                : $"No weights{of} are on this machine to choose from; name those to fetch as --weights: "
                    + $"{string.Join(", ", known.Select(c => c.Name).Distinct())}.");
        }

        var found = new List<(WeightCard Card, ExactHead Head)>();
        foreach (var card in cards)
        {
            stop.ThrowIfCancellationRequested();
            using var trial = Probed(recipe with { Model = card.Model, Weights = card.Name, Head = new() });
            if (trial.ExactHead is { } head)
                found.Add((card, head));
        }

        var (best, score) = found.MinBy(f => f.Head.Nll);
        Decide("weights", $"{best.Model} {best.Name}", $"least NLL of {found.Count} on this machine, {CrossValidated(score)}");
        return recipe with { Model = best.Model, Weights = best.Name };
    }

    /// <summary>The exact head, the start and a floor, where there are weights and a head of one matrix; small shifts and flips.</summary>
    private Recipe WithHeadAndAugmentation(Recipe recipe)
    {
        var exact = recipe.Weights is not null && Free("head");
        using var trial = exact ? Probed(recipe) : Experiment.Of(Bare(recipe), Looked(), _inspection, _decoded);
        _input = trial.Parts.Network.Preprocessing.InputSize;
        if (exact && trial.ExactHead is { } head)
        {
            Decide("head", $"exact, {head.Method}", $"{CrossValidated(head)}; training starts from it, and no result has a lower accuracy");
            recipe = recipe with { Head = recipe.Head with { Init = HeadInit.Exact, Penalty = head.Penalty } };
        }

        if (!Free("augment"))
            return recipe;
        var preset = _input <= Length.SmallInput ? "cifar" : "light";
        Decide("augment", preset, Invariant($"input of {_input} pixels, {Images} images: small shifts and flips"));
        return recipe with { Augment = AugmentSpec.Of(preset) };
    }

    private static string CrossValidated(ExactHead head) => double.IsNaN(head.Nll)
        ? "on the frozen features; a class has one image, so it is not cross-validated"
        : Invariant($"cross-validated on the frozen features: top-1 {100 * head.Top1:0.0}%, NLL {head.Nll:0.000}");

    private Experiment Probed(Recipe recipe)
    {
        var head = Bare(recipe) with { Trainable = FreezeLine.Head, Cache = "auto", CacheFolder = null };
        return Experiment.Of(head, Looked(), _inspection, _decoded, fitHead: true);
    }

    /// <summary>A recipe as trials take it: one phase, and no snapshots.</summary>
    private static Recipe Bare(Recipe recipe) =>
        recipe with { Phases = [], Unfreeze = 0, Schedule = null, Snapshots = 0, Distill = new(), Gradient = new() };

    private Recipe WithOptimizer(Recipe recipe)
    {
        if (!Free("optimizer"))
            return recipe;
        const double Decay = 5e-4;
        return recipe with { Optimizer = new NamedSpec("sgd").With("momentum", Momentum).With("weight_decay", Decay) };
    }

    private Recipe WithLength(Recipe recipe, long perPass, long steps)
    {
        if (!Free("epochs") && !Free("epoch_repeats"))
        {
            Decide("length", Invariant($"{recipe.Epochs} epochs of {recipe.EpochRepeats * perPass} steps"), Plan.LengthIsGiven);
            return recipe;
        }

        var validation = _dataset.Split(Experiment.WatchedSplit(_dataset)).Count;
        var length = Length.Of(steps, perPass, recipe.Batch, validation);
        recipe = recipe with
        {
            Epochs = Free("epochs") ? length.Epochs : recipe.Epochs,
            EpochRepeats = !Free("epoch_repeats") ? recipe.EpochRepeats
                : Free("epochs") ? length.Repeats
                : Repeats(steps, recipe.Epochs, perPass),
            EarlyStopping = Free("early_stopping") && recipe.Snapshots == 0
                ? new EarlyStopping { Patience = length.Patience, Watch = EarlyStopping.Top1 }
                : recipe.EarlyStopping,
        };
        Decide(
            "length",
            Invariant($"{recipe.Epochs} epochs of {recipe.EpochRepeats * perPass} steps"),
            Invariant($"{Why(steps, perPass)}; {Stop(recipe)}"));
        return recipe;
    }

    private static int Repeats(long steps, int epochs, long perPass) => (int)Math.Max(1, Math.Round((double)steps / epochs / perPass));

    private static string Stop(Recipe recipe) => recipe.EarlyStopping.Patience == 0 ? "all of them"
        : $"ends after {recipe.EarlyStopping.Patience} epochs without a better {recipe.EarlyStopping.Watch}";

    private string Why(long steps, long perPass) => _asked.Auto!.Minutes is { } minutes
        ? Invariant($"about {steps} steps for {minutes:0.####} min, and at most {MostTimes} times what {Images} images usually need")
        : Invariant($"about {steps} steps: {steps - (Length.Passes * perPass)} whatever the number of images, ")
            + Invariant($"and {Length.Passes * perPass} for {Length.Passes} passes over {Images} images");

    /// <summary>The training images, or as many as are looked at, as training and validation split alike.</summary>
    private Dataset Looked()
    {
        var samples = Part(_dataset.Split(SplitName.Train), (double)MostImages / Images);
        return With(samples, samples);
    }

    private IReadOnlyList<Dataset> Folds()
    {
        if (Images < FewestToCompare && _asked.Auto!.Minutes is null)
            return []; // of limited time, a step's must be known, with all layers and with fewer
        var samples = Part(_dataset.Split(SplitName.Train), (double)MostImages / Images);
        var held = Part(samples, samples.Count < OneFold ? 0.5 : 0.25).ToHashSet();
        Sample[] others = [.. samples.Where(s => !held.Contains(s))];
        if (new[] { [.. held], others }.Any(side => side.Select(s => s.Label).Distinct().Count() < _dataset.Classes.Count))
            return [];
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
