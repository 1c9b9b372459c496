using FineTune.Data;
using FineTune.Engine;
using FineTune.Images;
using FineTune.Models;
using FineTune.Optimize;
using FineTune.Regularize;
using FineTune.Train.Losses;
using FineTune.Transfer;
using FineTune.Transfer.Heads;

namespace FineTune.Train.Keys;

/// <summary>Every key of a recipe, in the order in which a recipe is written. A new one is a row here.</summary>
public static class RecipeKeys
{
    /// <summary>The key that names a recipe.</summary>
    internal const string Named = "recipe";

    /// <summary>The time that recipe auto plans for.</summary>
    internal const string Minutes = "minutes";

    /// <summary>The key by which a file takes over others' keys.</summary>
    internal const string Include = "include";

    /// <summary>The map that may be given as its first key's value alone.</summary>
    internal const string EarlyStop = "early_stopping";

    private const string Next = "0.2"; // the version that the changelog calls unreleased
    private const long MostBatch = 65_536;
    private const string Part = "a number from 0 to below 1", Positive = "a number of at least 0",
        OffOrAbove = "0 (none) or a number above";

    private static readonly KeyKind<NamedSpec> OptimizerKind = SpecKinds.Row(
        "a name of `finetune list optimizers`, or a map with its options",
        () => Optimizers.Table.Select(o => (o.Name, o.Options.Concat(Optimizers.Common))));

    private static readonly KeyKind<NamedSpec> LossKind = SpecKinds.Row(
        "a name of `finetune list losses`, or a map with its options",
        () => LossTable.Table.Select(l => (l.Name, l.Options.Concat(LossTable.Common))));

    private static readonly Map<HeadOptions> Head = new("head", r => r.Head, (r, v) => r with { Head = v });
    private static readonly Map<InputOptions> Input = new("input", r => r.Input, (r, v) => r with { Input = v });
    private static readonly Map<CheckpointOptions> Checkpoint = new("checkpoint", r => r.Checkpoint, (r, v) => r with { Checkpoint = v });
    private static readonly Map<GradientOptions> Gradient = new("gradient", r => r.Gradient, (r, v) => r with { Gradient = v });
    private static readonly Map<RegularizeOptions> Regularize = new("regularize", r => r.Regularize, (r, v) => r with { Regularize = v });
    private static readonly Map<EarlyStopping> Stopping =
        new(EarlyStop, r => r.EarlyStopping, (r, v) => r with { EarlyStopping = v });
    private static readonly Map<DistillOptions> Distill = new("distill", r => r.Distill, (r, v) => r with { Distill = v });

    /// <summary>Every key.</summary>
    public static IReadOnlyList<RecipeKey> All { get; } =
    [
        Of(Named, Kinds.Text("a name of `finetune list recipes`"),
            _ => null, (r, _) => r, "a recipe by name, whose keys those beside it change", written: false),
        Of(Include, Kinds.Texts("recipe files, relative to this one"),
            _ => [], (r, _) => r, "files whose keys this one has too, where it does not give them itself", since: Next, written: false),
        Of(Minutes, Kinds.Number("above 0 to 1000000", m => m is > 0 and <= 1_000_000).Optional(),
            r => r.Auto?.Minutes, (r, v) => r.Auto is { } auto ? r with { Auto = auto with { Minutes = v } } : r,
            "the time that recipe auto plans for", "minutes", Next, written: false),
        Of("data", Kinds.Text("a folder of images", mayBeEmpty: true),
            r => r.Data, (r, v) => r with { Data = v! }, "the folder of images: a folder a class, or train/ and val/ with these",
            effect: KeyEffect.Place),
        Of("model", Kinds.Text("a name of `finetune list models`", mayBeEmpty: true),
            r => r.Model, (r, v) => r with { Model = v! }, "the architecture; without it that of the weights"),
        Of("weights", Kinds.Text("a file, a run's folder, or a name of `finetune list weights`,"),
            r => r.Weights, (r, v) => r with { Weights = v }, "the starting weights; without them from scratch", effect: KeyEffect.Place),
        Of("trainable", Kinds.Text("head, all, a stage, or last-K"), r => r.Trainable, (r, v) => r with { Trainable = v! },
            "what trains: the head, everything, a stage and all above it, or the last K stages"),
        Of("phases", new PhasesKind(OptimizerKind),
            r => r.Phases, (r, v) => r with { Phases = v }, "parts of the run that differ in what trains, optimizer and schedule"),
        Of("unfreeze", Kinds.Whole(0, 1_000_000, "0 (all at once) or a number of epochs"),
            r => r.Unfreeze, (r, v) => r with { Unfreeze = (int)v },
            "time from the unfreezing of one stage to the next, from the head down; 0: all at once", "epochs"),
        Of("freeze", Kinds.Texts("names of parameters, with * for any text,"),
            r => r.Freeze, (r, v) => r with { Freeze = v }, "parameters that stay as they are though their stage trains"),
        Of("batch_norm", Kinds.Word(FreezeLine.NormWords),
            r => r.BatchNorm, (r, v) => r with { BatchNorm = v! },
            "what batch norms of frozen stages do; those of stages that train use the batch's statistics, except with frozen"),

        Head.Of("form", Kinds.Word(HeadForm.Words), h => h.Form, (h, v) => h with { Form = v! }, "the form of the new final layer"),
        Head.Of("hidden", Kinds.Whole(1, HeadForm.MaxHidden),
            h => h.Hidden, (h, v) => h with { Hidden = (int)v }, "values of the hidden layer of mlp and concat-pool"),
        Head.Of("init", Kinds.Word(HeadInit.Words), h => h.Init, (h, v) => h with { Init = v! },
            "what the head begins with; exact: the linear classifier that fits the frozen features best"),
        Head.Of("penalty", Kinds.Number("above 0 to 1e6", p => p is > 0 and <= 1e6).Optional(),
            h => h.Penalty, (h, v) => h with { Penalty = v },
            "penalty of an exact head; without it chosen by cross-validation", since: Next),
        Head.Of("dropout", Kinds.Number(Part, IsPart),
            h => h.Dropout, (h, v) => h with { Dropout = v }, "probability of leaving out a feature before it, in training"),
        Head.Of("dropout_form", Kinds.Word<DropoutForm>(("inverted", DropoutForm.Inverted), ("test-scaled", DropoutForm.TestScaled)),
            h => h.DropoutForm, (h, v) => h with { DropoutForm = v }, "whether training or the test makes up for what is left out"),

        Input.Of("size", Kinds.Whole(InputBounds.LeastSide, InputBounds.MostSide).Optional(),
            i => i.Size, (i, v) => i with { Size = (int?)v },
            "a side of what the network sees; without it as the weights want it", "pixels"),
        Input.Of("resize", Kinds.Whole(0, InputBounds.MostResize, InputBounds.ResizeWords).Optional(),
            i => i.Resize, (i, v) => i with { Resize = (int?)v },
            "the shorter side before the centre is cut out; 0: images as they are", "pixels"),
        Of("augment", SpecKinds.Augment, r => r.Augment, (r, v) => r with { Augment = v }, "what training sees of an image"),
        Of("optimizer", OptimizerKind,
            r => r.Optimizer, (r, v) => r with { Optimizer = v }, "the update rule and its options, lr among them"),
        Of("schedule", SpecKinds.Schedule, r => r.EffectiveSchedule, (r, v) => r with { Schedule = v },
            "how the learning rate changes; snapshot where snapshots are asked for"),
        Checkpoint.Of("steps", Kinds.Whole(0, int.MaxValue, "0 (none) or a number of steps"),
            c => c.Steps, (c, v) => c with { Steps = (int)v },
            "steps between checkpoints, beside each epoch's end; 0: none", "steps", effect: KeyEffect.None),
        Checkpoint.Of("minutes", Kinds.Number("0 (none) or a number of minutes", IsFactor),
            c => c.Minutes, (c, v) => c with { Minutes = v },
            "time between checkpoints, beside each epoch's end; 0: none", "minutes", effect: KeyEffect.None),

        Gradient.Of("clip_norm", Kinds.Number(OffOrAbove, IsFactor),
            g => g.ClipNorm, (g, v) => g with { ClipNorm = v }, "the gradient's norm at most; 0: any"),
        Gradient.Of("clip_value", Kinds.Number(OffOrAbove, IsFactor),
            g => g.ClipValue, (g, v) => g with { ClipValue = v }, "each value of the gradient at most; 0: any"),
        Gradient.Of("clip_adaptive", Kinds.Number(OffOrAbove, IsFactor), g => g.ClipAdaptive, (g, v) => g with { ClipAdaptive = v },
            "a unit's gradient at most, relative to its weights (Brock et al. 2021); 0: any"),
        Gradient.Of("noise", Kinds.Number(OffOrAbove, IsFactor), g => g.Noise, (g, v) => g with { Noise = v },
            "variance of noise added to the gradient, which decays (Neelakantan et al. 2015); 0: none"),
        Gradient.Of("accumulate", Kinds.Whole(1, MostBatch, "1 to the batch"), g => g.Accumulate, (g, v) => g with { Accumulate = (int)v },
            "parts that a batch is computed in, one after another to need less memory, or on several ranks"),
        Of("all_reduce", Kinds.Word(Recipe.AllReduceWords), r => r.AllReduce, (r, v) => r with { AllReduce = v! },
            "how several ranks sum their gradients: in the library's order, or in that of the ranks, to the bits of one process",
            since: Next),
        Of("batch_norm_sync", Kinds.Flag, r => r.BatchNormSync, (r, v) => r with { BatchNormSync = v },
            "whether batch norms in training take their statistics over the parts of all ranks, not of each", since: Next),
        Of("all_reduce_precision", Kinds.Word(Recipe.AllReducePrecisions),
            r => r.AllReducePrecision, (r, v) => r with { AllReducePrecision = v! }, "what they travel as", since: Next),
        Of("all_reduce_timeout", Kinds.Number("above 0 to 1000000", t => t is > 0 and <= 1_000_000),
            r => r.AllReduceTimeout, (r, v) => r with { AllReduceTimeout = v },
            "time after which a rank that does not answer ends the run", "seconds", Next, effect: KeyEffect.None),
        Of("loss", LossKind, r => r.Loss, (r, v) => r with { Loss = v }, "what is lowered"),

        Regularize.Of("spatial_dropout", Kinds.Number(Part, IsPart), o => o.SpatialDropout, (o, v) => o with { SpatialDropout = v },
            "probability of leaving out a whole channel after a stage (Tompson et al. 2015)"),
        Regularize.Of("drop_block", Kinds.Number(Part, IsPart), o => o.DropBlock, (o, v) => o with { DropBlock = v },
            "part of a map that is left out in squares after a stage (Ghiasi et al. 2018)"),
        Regularize.Of("block_size", Kinds.Whole(1, 64, "1 to 64 pixels"),
            o => o.BlockSize, (o, v) => o with { BlockSize = (int)v }, "the side of such a square", "pixels"),
        Regularize.Of("stages", Kinds.Texts("names of stages"), o => o.Stages, (o, v) => o with { Stages = v },
            "the stages after which the two stand; none: the last two with convolutions that train"),
        Regularize.Of("stochastic_depth", Kinds.Number(Part, IsPart), o => o.StochasticDepth, (o, v) => o with { StochasticDepth = v },
            "probability of leaving out the last residual branch; less below (Huang et al. 2016)"),
        Regularize.Of("drop_connect", Kinds.Number(Part, IsPart), o => o.DropConnect, (o, v) => o with { DropConnect = v },
            "probability of leaving out a weight of the final layer (Wan et al. 2013)"),
        Regularize.Of("fractional_pool", Kinds.Flag,
            o => o.FractionalPool, (o, v) => o with { FractionalPool = v }, "whether the max pool is a fractional one (Graham 2015)"),
        Regularize.Of("pool_ratio", Kinds.Number("0 (the size stays) or a number above 1 to 2", x => x is 0 or (> 1 and <= 2)),
            o => o.PoolRatio, (o, v) => o with { PoolRatio = v }, "its input pixels an output pixel; 0: the output's size stays as it is"),
        Regularize.Of("l1", Kinds.Number(Positive, IsFactor), o => o.L1, (o, v) => o with { L1 = v }, "factor of the penalty |w|"),
        Regularize.Of("l2", Kinds.Number(Positive, IsFactor), o => o.L2, (o, v) => o with { L2 = v }, "factor of the penalty w^2 / 2"),
        Regularize.Of("max_norm", Kinds.Number(Positive, IsFactor),
            o => o.MaxNorm, (o, v) => o with { MaxNorm = v }, "the largest norm of the weights into a unit, after each step; 0: any"),

        Stopping.Of("patience", Kinds.Whole(0, 1_000_000, "0 (never) to 1000000 epochs"),
            e => e.Patience, (e, v) => e with { Patience = (int)v },
            "epochs in a row that are no better, after which training ends; 0: never", "epochs"),
        Stopping.Of("watch", Kinds.Word(EarlyStopping.Nll, EarlyStopping.Top1),
            e => e.Watch, (e, v) => e with { Watch = v! }, "what is watched, on the validation images"),
        Of("label_smoothing", Kinds.Number(Part, IsPart),
            r => r.LabelSmoothing, (r, v) => r with { LabelSmoothing = v }, "part of a label that is spread over all classes"),
        Of("sampling", Kinds.Word<Sampling>(("uniform", Sampling.Uniform), ("balanced", Sampling.Balanced)),
            r => r.Sampling, (r, v) => r with { Sampling = v }, "which images an epoch shows: each once, or every class equally often"),
        Of("epochs", Kinds.Whole(1, 1_000_000),
            r => r.Epochs, (r, v) => r with { Epochs = (int)v },
            "passes over the training images, each followed by a validation", "epochs"),
        Of("epoch_repeats", Kinds.Whole(1, 10_000), r => r.EpochRepeats, (r, v) => r with { EpochRepeats = (int)v },
            "passes that make an epoch: of few images it would else be a few steps", since: Next),
        Of("batch", Kinds.Whole(1, MostBatch), r => r.Batch, (r, v) => r with { Batch = (int)v }, "images a step", "images"),
        Of("seed", Kinds.Whole(long.MinValue, long.MaxValue, "a whole number of 64 bits"),
            r => r.Seed, (r, v) => r with { Seed = v }, "decides everything that is random"),
        Of("snapshots", Kinds.Whole(0, 1000),
            r => r.Snapshots, (r, v) => r with { Snapshots = (int)v }, "models kept along the way for an ensemble; 0: none"),

        Distill.Of("teacher", Kinds.Text("the folder of a run or of a saved ensemble"),
            d => d.Teacher, (d, v) => d with { Teacher = v }, "what is learned from beside the labels", since: Next,
            effect: KeyEffect.Place),
        Distill.Of("temperature", Kinds.Number("1 to 100", t => t is >= 1 and <= 100),
            d => d.Temperature, (d, v) => d with { Temperature = v }, "both distributions are softmax(logits / T)", since: Next),
        Distill.Of("weight", Kinds.Number("0 (labels alone) to 1 (the teacher alone)", a => a is >= 0 and <= 1),
            d => d.Weight, (d, v) => d with { Weight = v }, "part of the teacher in the loss", since: Next),
        Of("val_fraction", Kinds.Number("a number between 0 and 1", f => f is > 0 and < 1),
            r => r.ValFraction, (r, v) => r with { ValFraction = v },
            "about this part of each class is drawn for validation where the folder has no split: half to twice as much"),
        Of("split_seed", Kinds.Whole(long.MinValue, long.MaxValue, "a whole number of 64 bits").Optional(),
            r => r.SplitSeed, (r, v) => r with { SplitSeed = v }, "decides that draw; without it the seed does", since: Next),
        Of("folds", Kinds.Whole(0, 1000, "0 (none) or 2 to 1000"), r => r.Folds, (r, v) => r with { Folds = (int)v },
            "folds of the training images, one of which is validated on; the folder's own val/ is then its test split", since: Next),
        Of("fold", Kinds.Whole(1, 1000), r => r.Fold, (r, v) => r with { Fold = (int)v },
            "which of the folds is validated on", since: Next),
        Of("images_per_class", Kinds.Whole(0, int.MaxValue, "0 (all) or a number"),
            r => r.ImagesPerClass, (r, v) => r with { ImagesPerClass = (int)v },
            "training images of each class at most, drawn by the seed of the split", "images", Next),
        Of("cache", Kinds.Text("auto, off, or a number of views"),
            r => r.Cache, (r, v) => r with { Cache = v! }, "what lies at the freeze line is kept, so many views of each image"),
        Of("cache_folder", Kinds.Text("a folder"), r => r.CacheFolder, (r, v) => r with { CacheFolder = v },
            "where that stays from run to run; without it in memory", effect: KeyEffect.Place),
        Of("cache_limit", Kinds.Number("above 0 to 1048576 GiB", g => g is > 0 and <= 1 << 20),
            r => r.CacheLimit, (r, v) => r with { CacheLimit = v },
            "the files there together; those used longest ago make room", "GiB", effect: KeyEffect.None),
        Of("on_bad_file", Kinds.Word<OnBadFile>(("fail", OnBadFile.Fail), ("skip", OnBadFile.Skip)),
            r => r.OnBadFile, (r, v) => r with { OnBadFile = v }, "what to do about an image that cannot be read", effect: KeyEffect.None),
        Of("allow_duplicates", Kinds.Flag, r => r.AllowDuplicates, (r, v) => r with { AllowDuplicates = v },
            "goes on though the same image is in several splits or classes", since: Next, effect: KeyEffect.None),
        Of("result_weights", Kinds.Word(Recipe.ResultWords), r => r.ResultWeights, (r, v) => r with { ResultWeights = v! },
            "the weights that are the result: the best on validation, or the last", since: Next, effect: KeyEffect.None),
        Of("max_pixels", Kinds.Whole(1, ImageLimits.MostPixels), r => r.MaxPixels, (r, v) => r with { MaxPixels = v },
            "what an image may have at most; the default is twice Pillow's limit", "pixels", Next, effect: KeyEffect.None),
        Of("threads", Kinds.Whole(0, TorchEngine.MostThreads, $"0 (all cores) to {TorchEngine.MostThreads}"),
            r => r.Threads, (r, v) => r with { Threads = (int)v }, "threads of the engine; 0: all cores. Bits hold for one number",
            effect: KeyEffect.Machine),
        Of("device", Kinds.Text("cpu, cuda or cuda:INDEX"), r => r.Device, (r, v) => r with { Device = v! }, "where the network is",
            effect: KeyEffect.Machine),
        Of("precision", Kinds.Word(Numerics.Precisions),
            r => r.Precision, (r, v) => r with { Precision = v! }, "of convolutions and matrix products; auto: the fastest here"),
        Of("layout", Kinds.Word(Numerics.Layouts),
            r => r.Layout, (r, v) => r with { Layout = v! }, "how images lie in memory; auto: channels_last for the zoo's networks "
                + "(on a GPU in bfloat16 only), nchw for your own modules"),
        Of("expect", new ExpectKind(), r => r.Expect, (r, v) => r with { Expect = v },
            "figures that the result is to have, which finetune reproduce holds a run against", since: Next, effect: KeyEffect.None),
    ];

    /// <summary>Keys and maps of keys, as a recipe has them at its top.</summary>
    public static IReadOnlyList<string> Top { get; } = [.. All.Select(k => k.Map ?? k.Name).Distinct()];

    /// <summary>Refuses a recipe that has a value out of range in a map of keys.</summary>
    /// <exception cref="FineTuneException">It has.</exception>
    internal static void Check(string map, Recipe recipe)
    {
        foreach (var key in Within(map))
            key.Check(recipe);
    }

    /// <summary>The keys of a map; none where it is not one.</summary>
    internal static IReadOnlyList<RecipeKey> Within(string map) => [.. All.Where(k => k.Map == map)];

    private static bool IsPart(double x) => x is >= 0 and < 1;

    private static bool IsFactor(double x) => x >= 0 && double.IsFinite(x);

    private static RecipeKey<T> Of<T>(
        string name,
        KeyKind<T> kind,
        Func<Recipe, T> get,
        Func<Recipe, T, Recipe> set,
        string meaning,
        string? unit = null,
        string since = "0.1",
        KeyEffect effect = KeyEffect.Weights,
        bool written = true) =>
        new(name, kind, get, set, meaning) { Unit = unit, Since = since, Effect = effect, IsWritten = written };

    /// <summary>A map of keys within a recipe.</summary>
    /// <param name="Name">As a recipe writes it.</param>
    /// <param name="Get">It, of a recipe.</param>
    /// <param name="Set">A recipe with another.</param>
    private sealed record Map<TOptions>(string Name, Func<Recipe, TOptions> Get, Func<Recipe, TOptions, Recipe> Set)
    {
        public RecipeKey<T> Of<T>(
            string name,
            KeyKind<T> kind,
            Func<TOptions, T> get,
            Func<TOptions, T, TOptions> set,
            string meaning,
            string? unit = null,
            string since = "0.1",
            KeyEffect effect = KeyEffect.Weights) =>
            RecipeKeys.Of($"{Name}.{name}", kind, r => get(Get(r)), (r, v) => Set(r, set(Get(r), v)), meaning, unit, since, effect);
    }
}
