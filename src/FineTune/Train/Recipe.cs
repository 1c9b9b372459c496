using FineTune.Augment;
using FineTune.Data;
using FineTune.Images;
using FineTune.Models;
using FineTune.Optimize;
using FineTune.Regularize;
using FineTune.Train.Keys;
using FineTune.Transfer;
using FineTune.Transfer.Heads;

namespace FineTune.Train;

/// <summary>
/// Everything that decides a run's final weights, together with the data and the starting weights. A value: equal recipes
/// give equal weights, to the bit, on one machine and number of threads.
/// </summary>
public sealed record Recipe
{
    /// <summary>The folder of images.</summary>
    public string Data { get; init; } = string.Empty;

    /// <summary>A name of the zoo.</summary>
    public string Model { get; init; } = string.Empty;

    /// <summary>A file, or a name of the catalog; null: the initial values of the seed, from scratch.</summary>
    public string? Weights { get; init; }

    /// <summary>head, all, a stage that trains with all above it, or last-K, the last K stages. Default all.</summary>
    public string Trainable { get; init; } = "all";

    /// <summary>Parts of the run that differ in what trains, which optimizer and which schedule; none: the whole run is one.</summary>
    public IReadOnlyList<PhaseOptions> Phases { get; init; } = [];

    /// <summary>
    /// Epochs between the unfreezing of one stage and of the next, from the head down to <see cref="Trainable"/>; 0 (default): all train
    /// at once.
    /// </summary>
    public int Unfreeze { get; init; }

    /// <summary>Names of parameters, with * for any text, that stay as they are though their stage trains. Default: none.</summary>
    public IReadOnlyList<string> Freeze { get; init; } = [];

    /// <summary>
    /// What batch norms below the freeze line do: inference (default), statistics-only, which follows the batches, train, or frozen:
    /// inference, and those above use their running statistics too.
    /// </summary>
    public string BatchNorm { get; init; } = FreezeLine.NormWords[0];

    /// <summary>The new final layer.</summary>
    public HeadOptions Head { get; init; } = new();

    /// <summary>What the network sees of an image; null fields are as the weights want it.</summary>
    public InputOptions Input { get; init; } = new();

    /// <summary>What training sees of it. Default: the preset light.</summary>
    public AugmentSpec Augment { get; init; } = AugmentSpec.Of("light");

    /// <summary>The update rule. Default: sgd with lr 0.001 and momentum 0.9.</summary>
    public NamedSpec Optimizer { get; init; } = new("sgd", new Dictionary<string, object?> { ["lr"] = 0.001, ["momentum"] = 0.9 });

    /// <summary>The learning-rate schedule. Default: cosine; snapshot where snapshots are asked for.</summary>
    public NamedSpec? Schedule { get; init; }

    /// <summary>When the state is kept beside each epoch's end.</summary>
    public CheckpointOptions Checkpoint { get; init; } = new();

    /// <summary>What is done to the gradient before the rule sees it. Default: nothing.</summary>
    public GradientOptions Gradient { get; init; } = new();

    /// <summary>How the ranks of a run sum their gradients: library (default), or ordered, to the same bits whatever sums them.</summary>
    public string AllReduce { get; init; } = AllReduceWords[0];

    /// <summary>Whether batch norms in training take their statistics over the parts of all ranks. Default false: over each part.</summary>
    public bool BatchNormSync { get; init; }

    /// <summary>What gradients travel as between ranks: float32 (default) or bfloat16.</summary>
    public string AllReducePrecision { get; init; } = AllReducePrecisions[0];

    /// <summary>Seconds after which a rank that does not answer ends the run. Default 300.</summary>
    public double AllReduceTimeout { get; init; } = 300;

    /// <summary>What is lowered. Default: cross-entropy, all classes weighing the same.</summary>
    public NamedSpec Loss { get; init; } = new("cross-entropy");

    /// <summary>Which training images an epoch shows: each once (default), or every class equally often.</summary>
    public Sampling Sampling { get; init; }

    /// <summary>Label smoothing in [0, 1). Default 0.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Stochastic layers, penalties and constraints on weights. Default: none.</summary>
    public RegularizeOptions Regularize { get; init; } = new();

    /// <summary>When to end before the last epoch. Default: never.</summary>
    public EarlyStopping EarlyStopping { get; init; } = new();

    /// <summary>Epochs, at least 1: each ends with a validation. Default 25.</summary>
    public int Epochs { get; init; } = 25;

    /// <summary>
    /// Passes over the training images that make an epoch, at least 1: of few images an epoch would else be a few steps. Default 1.
    /// </summary>
    public int EpochRepeats { get; init; } = 1;

    /// <summary>Images a step, at least 1. Default 32.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Decides everything that is random. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>Models kept along the way for an ensemble; 0 for none. Default 0.</summary>
    public int Snapshots { get; init; }

    /// <summary>A teacher whose opinion is learned beside the labels. Default: none.</summary>
    public DistillOptions Distill { get; init; } = new();

    /// <summary>
    /// Decides the split where the folder has none of its own: runs of several seeds on the same split have the same one. Null
    /// (default): the seed.
    /// </summary>
    public long? SplitSeed { get; init; }

    /// <summary>
    /// About this part of each class is drawn for validation where the folder has no split of its own: half to twice as much, as each
    /// image is drawn by its own name. Default 0.2.
    /// </summary>
    public double ValFraction { get; init; } = 0.2;

    /// <summary>
    /// Folds of the training images, one of which is validated on; the folder's own validation images are then test images, if it has
    /// no others. 0 (default): none; else at least 2.
    /// </summary>
    public int Folds { get; init; }

    /// <summary>Which of the folds is validated on, from 1. Default 1.</summary>
    public int Fold { get; init; } = 1;

    /// <summary>Training images of each class at most, drawn by the seed of the split; 0 (default): all.</summary>
    public int ImagesPerClass { get; init; }

    /// <summary>How the folder of images becomes splits.</summary>
    internal FolderOptions Folder => new()
    {
        Seed = SplitSeed ?? Seed,
        ValFraction = ValFraction,
        Folds = Folds,
        Fold = Fold,
        PerClass = ImagesPerClass,
    };

    /// <summary>
    /// What lies at the freeze line is kept: auto (default), off, or a number of views an image that are computed once and
    /// cycled. auto is exact without augmentation and cycles a few views with it.
    /// </summary>
    public string Cache { get; init; } = "auto";

    /// <summary>A folder in which what is kept at the freeze line stays from run to run; null: it is kept in memory.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>GiB of the files in <see cref="CacheFolder"/> together; those used longest ago make room. Default 8.</summary>
    public double CacheLimit { get; init; } = 8;

    /// <summary>What to do about an image that cannot be read: fail (default) or skip.</summary>
    public OnBadFile OnBadFile { get; init; } = OnBadFile.Fail;

    /// <summary>Goes on though the same image is in several splits or classes. Default false: such a run is refused.</summary>
    public bool AllowDuplicates { get; init; }

    /// <summary>
    /// Which weights are the run's result, for the report and everything that opens the run: best on validation (default), or last.
    /// </summary>
    public string ResultWeights { get; init; } = ResultWords[0];

    /// <summary>Pixels that an image may have at most, 1 to 536,870,897. Default 178,956,970, twice Pillow's limit.</summary>
    public long MaxPixels { get; init; } = ImageLimits.DefaultPixels;

    /// <summary>Threads of the engine; 0 for all cores. The bits of a run hold for one number of threads.</summary>
    public int Threads { get; init; }

    /// <summary>cpu, cuda or cuda:INDEX. Default cpu.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>What the network multiplies in: float32 (default), bfloat16, or auto, the fastest here.</summary>
    public string Precision { get; init; } = Numerics.Default.PrecisionName;

    /// <summary>How images lie in memory: nchw, channels_last, or auto (default), what <see cref="Numerics.LayoutFor"/> says.</summary>
    public string Layout { get; init; } = Numerics.Auto;

    /// <summary>Figures that the result is to have. Default: none.</summary>
    public ExpectOptions Expect { get; init; } = ExpectOptions.None;

    /// <summary>What is to be decided when the run is prepared; null (default): nothing, what is not set has the defaults here.</summary>
    public AutoOptions? Auto { get; init; }

    /// <summary>What <see cref="AllReduce"/> may be.</summary>
    public static IReadOnlyList<string> AllReduceWords { get; } = ["library", Ordered];

    /// <summary>What <see cref="AllReducePrecision"/> may be.</summary>
    public static IReadOnlyList<string> AllReducePrecisions { get; } = ["float32", "bfloat16"];

    /// <summary>The word for sums in the order of the ranks.</summary>
    internal const string Ordered = "ordered";

    /// <summary>What <see cref="ResultWeights"/> may be.</summary>
    public static IReadOnlyList<string> ResultWords { get; } = ["best", "last"];

    /// <summary>The schedule in force.</summary>
    public NamedSpec EffectiveSchedule => WithCycles(Schedule ?? new NamedSpec(Snapshots > 0 ? "snapshot" : "cosine"));

    /// <summary>A schedule whose cycles are the recipe's snapshots, where it has cycles and does not say how many.</summary>
    internal NamedSpec WithCycles(NamedSpec schedule) =>
        schedule.Name is "snapshot" or "fge" && Snapshots > 0 && !schedule.Options.ContainsKey("cycles")
            ? schedule.With("cycles", Snapshots)
            : schedule;

    /// <summary>
    /// The recipe with the learning rate of every rule written out, so that another default changes no run that has begun.
    /// </summary>
    /// <exception cref="FineTuneException">An unknown optimizer or option.</exception>
    public Recipe WithRates() => this with
    {
        Optimizer = Optimizers.WithRate(Optimizer),
        Phases = Phases.Count == 0
            ? Phases
            : [.. Phases.Select(p => p.Optimizer is { } own ? p with { Optimizer = Optimizers.WithRate(own) } : p)],
    };

    /// <summary>Checks each key by its declaration, and what they are together.</summary>
    /// <exception cref="FineTuneException">One is out of range.</exception>
    public void Validate()
    {
        Require(Data.Length > 0, "data", "''", "a folder of images");
        Require(Model.Length > 0 || Auto is not null, "model", "''", "a name of `finetune list models` "
            + "(or recipe=auto, which chooses one)");
        foreach (var key in RecipeKeys.All)
            key.Check(this);
        if (Head.Penalty is not null && Head.Init != HeadInit.Exact)
        {
            throw new FineTuneException(
                $"head.penalty is of an exact head; give head.init={HeadInit.Exact} too, or leave head.penalty empty.");
        }

        var form = HeadForm.Parse(Head.Form, Head.Hidden);
        if (form != HeadForm.Linear && Head.Init == HeadInit.Exact)
            throw new FineTuneException($"head.init exact fits a linear head; leave it at default for a head of form {form.Name}.");
        if (form.Name == "cosine" && Head.Init == "zero")
            throw new FineTuneException("A cosine head of zeros has no directions to turn; leave head.init at default or normal.");
        Require(Folds != 1, "folds", Folds, "0 (none) or at least 2");
        Require(Fold <= Math.Max(1, Folds), "fold", Fold, "1 to the number of folds");
        Require(Gradient.Accumulate <= Batch, "gradient.accumulate", Gradient.Accumulate, "1 to the batch");
        Require(Input.Resize is not (> 0 and < InputBounds.LeastSide), "input.resize", Input.Resize ?? 0, InputBounds.ResizeWords);
        Numerics.Check(Precision, Layout);
        ValidatePhases();
    }

    private void ValidatePhases()
    {
        if (Phases.Count == 0)
            return;
        if (Unfreeze > 0)
            throw new FineTuneException("The recipe's phases and unfreeze both say when what trains; give one of them.");
        var (given, open) = (Phases.Sum(p => (long)(p.Epochs ?? 0)), Phases.Count(p => p.Epochs is null));
        if (open > 1)
            throw new FineTuneException($"{open} of the recipe's phases leave out their epochs; one at most has what the others leave.");
        if (open == 0 ? given != Epochs : given >= Epochs)
        {
            throw new FineTuneException($"The recipe's phases last {given} "
                + $"epochs{(open > 0 ? " beside the one that has the rest" : string.Empty)}, but the run has {Epochs}.");
        }
    }

    private static void Require(bool holds, string key, object value, string allowed)
    {
        if (!holds)
            throw new FineTuneException($"The recipe's {key} is {OptionReader.Text(value)}; {allowed} is allowed.");
    }
}

/// <summary>The new final layer.</summary>
public sealed record HeadOptions
{
    /// <summary>Its shape: linear, mlp, concat-pool or cosine. Default: linear.</summary>
    public string Form { get; init; } = HeadForm.Linear.Name;

    /// <summary>Values of the hidden layer of mlp and concat-pool. Default 512.</summary>
    public int Hidden { get; init; } = 512;

    /// <summary>What it begins with: default, zero, normal or exact. Default: default, PyTorch's.</summary>
    public string Init { get; init; } = HeadInit.Words[0];

    /// <summary>Penalty of an exact head, above 0; null (default): chosen by cross-validation.</summary>
    public double? Penalty { get; init; }

    /// <summary>Probability in [0, 1) of leaving out a feature before it, in training. Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>Whether training or the test makes up for what is left out. Default: training.</summary>
    public DropoutForm DropoutForm { get; init; }
}

/// <summary>When a run's state is kept beside each epoch's end: after so many steps or minutes, whichever is first.</summary>
public sealed record CheckpointOptions
{
    /// <summary>Steps; 0: none. Default 0.</summary>
    public int Steps { get; init; }

    /// <summary>Minutes; 0: none. Default 0.</summary>
    public double Minutes { get; init; }
}

/// <summary>What the network sees of an image.</summary>
public sealed record InputOptions
{
    /// <summary>Pixels a side; null: as the weights want it.</summary>
    public int? Size { get; init; }

    /// <summary>
    /// Pixels of the shorter side before the central square is cut out; 0: the image as it is; null: as the weights want it.
    /// </summary>
    public int? Resize { get; init; }
}
