using FineTune.Augment;
using FineTune.Data;
using FineTune.Images;
using FineTune.Optimize;
using FineTune.Regularize;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>
/// Recipes on disk. Keys are those of <see cref="Recipe"/> in snake case; an unknown one is answered with the nearest right
/// one. Any key can be set from outside by its path, as in optimizer.lr=0.01.
/// </summary>
public static class RecipeFile
{
    private const string Named = "recipe", Minutes = "minutes", EpochRepeats = "epoch_repeats", EarlyStop = "early_stopping",
        Inverted = "inverted", TestScaled = "test-scaled";

    private static readonly Dictionary<string, string[]> Nested = new()
    {
        ["head"] = ["dropout", "dropout_form", "form", "hidden", "init", "penalty"],
        ["input"] = ["size", "resize"],
        ["checkpoint"] = ["steps", "minutes"],
        ["gradient"] = ["clip_norm", "clip_value", "clip_adaptive", "noise", "accumulate"],
        ["regularize"] = [.. Regularizers.Keys],
        [EarlyStop] = ["patience", "watch"],
        ["distill"] = ["teacher", "temperature", "weight"],
    };

    /// <summary>Keys that say how to train: a recipe with one of them is not auto unless it says so.</summary>
    private static readonly string[] HowToTrain = ["optimizer", "schedule", "epochs", "phases", "unfreeze"];

    /// <summary>Every key of a recipe, nested ones with a dot.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        Named, Minutes, "data", "model", "weights", "trainable", "phases", "unfreeze", "freeze", "batch_norm", "head", "input", "augment",
        "optimizer", "schedule", "checkpoint", "gradient", "loss", "regularize", EarlyStop, "label_smoothing", "sampling", "epochs",
        EpochRepeats, "batch", "seed", "snapshots", "distill", "val_fraction", "split_seed", "cache", "cache_folder", "cache_limit",
        "on_bad_file", "allow_duplicates", "result_weights", "max_pixels", "threads", "device", "precision", "layout",
    ];

    /// <summary>
    /// Reads a recipe file or a recipe that has a name, if one is given, and sets keys over it. Without a model it is that of the
    /// weights.
    /// </summary>
    /// <param name="path">A YAML file, a name of <see cref="NamedRecipes"/>, or null for the defaults.</param>
    /// <param name="settings">key=value, in order; the value is YAML.</param>
    /// <exception cref="FineTuneException">A file that is no recipe, an unknown name or key, or a value out of range.</exception>
    public static Recipe Read(string? path, IEnumerable<string>? settings = null)
    {
        var given = settings?.ToArray() ?? [];
        var own = path switch
        {
            null => [],
            _ when !File.Exists(path) && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') =>
                new Dictionary<string, object?> { [Named] = NamedRecipes.Find(path).Name },
            _ => RecipeTree.Parse(ReadText(path), path),
        };
        var tree = Over([], own, given);
        if (own.TryGetValue(Named, out var named) && !Equals(named, tree[Named]))
        {
            throw new FineTuneException(
                $"Two recipes are named, {OptionReader.Text(named)} and {OptionReader.Text(tree[Named])}; give one of them.");
        }
        var auto = Auto(tree);
        if (tree.GetValueOrDefault(Named) is { } name)
        {
            tree = Over(RecipeTree.Parse(
                NamedRecipes.Find(OptionReader.Text(name)).Yaml(Bind(tree, validate: false), tree.Keys.ToHashSet()),
                OptionReader.Text(name)), own, given);
        }
        return Bind(tree, auto: auto);
    }

    /// <summary>
    /// What is left to be decided, where the recipe is auto by name, or has no name and says nothing of how to train; else null.
    /// </summary>
    private static AutoOptions? Auto(Dictionary<string, object?> tree)
    {
        var name = tree.GetValueOrDefault(Named) is { } given ? OptionReader.Text(given) : null;
        var isAuto = name is null ? !tree.Keys.Any(HowToTrain.Contains) : name == NamedRecipes.Auto;
        var read = new OptionReader(
            "the recipe", [new(Minutes, string.Empty, string.Empty)], tree.Where(e => e.Key == Minutes).ToDictionary());
        double? minutes = read.Words(Minutes) is null ? null : read.Number(Minutes, 0);
        if (minutes is not null && !isAuto)
        {
            throw new FineTuneException(
                $"minutes is the time that recipe {NamedRecipes.Auto} plans for; this recipe says its length by epochs.");
        }
        if (!isAuto && (name is null || !NamedRecipes.Find(name).FindsLr || tree.ContainsKey("optimizer")))
            return null;
        var free = isAuto ? Keys.Where(k => !tree.ContainsKey(k)) : [EpochRepeats];
        return new AutoOptions
        {
            Given = Keys.Except(tree.ContainsKey("epochs") ? free.Except([EpochRepeats]) : free).ToHashSet(),
            Minutes = minutes,
        };
    }

    private static Dictionary<string, object?> Over(Dictionary<string, object?> tree, Dictionary<string, object?> own, string[] settings)
    {
        foreach (var (key, value) in own)
        {
            tree[key] = value is not Dictionary<string, object?> map ? value
                : Nested.ContainsKey(key) && tree.GetValueOrDefault(key) is Dictionary<string, object?> under
                    ? new Dictionary<string, object?>([.. under.Where(e => !map.ContainsKey(e.Key)), .. map])
                : new Dictionary<string, object?>(map); // a setting may change it
        }

        foreach (var setting in settings)
            Set(tree, setting);
        return tree;
    }

    /// <summary>A recipe that <see cref="Write"/> wrote.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="source">What messages call it.</param>
    /// <exception cref="FineTuneException">It is no recipe.</exception>
    internal static Recipe Parse(string yaml, string source) => Bind(RecipeTree.Parse(yaml, source), validate: false);

    /// <summary>The recipe as YAML, with every key resolved.</summary>
    public static string Write(Recipe recipe)
    {
        var tree = new Dictionary<string, object?>
        {
            ["data"] = recipe.Data,
            ["model"] = recipe.Model,
            ["weights"] = recipe.Weights,
            ["trainable"] = recipe.Trainable,
            ["phases"] = RecipePhases.Plain(recipe.Phases, Plain),
            ["unfreeze"] = recipe.Unfreeze,
            ["freeze"] = recipe.Freeze.Cast<object?>().ToList(),
            ["batch_norm"] = recipe.BatchNorm,
            ["head"] = new Dictionary<string, object?>
            {
                ["form"] = recipe.Head.Form,
                ["hidden"] = recipe.Head.Hidden,
                ["init"] = recipe.Head.Init,
                ["penalty"] = recipe.Head.Penalty,
                ["dropout"] = recipe.Head.Dropout,
                ["dropout_form"] = recipe.Head.DropoutForm == DropoutForm.TestScaled ? TestScaled : Inverted,
            },
            ["input"] = new Dictionary<string, object?> { ["size"] = recipe.Input.Size, ["resize"] = recipe.Input.Resize },
            ["augment"] = recipe.Augment.Preset ?? (object)recipe.Augment.Transforms.Select(Plain).ToList(),
            ["optimizer"] = Plain(recipe.Optimizer),
            ["schedule"] = Plain(recipe.EffectiveSchedule),
            ["checkpoint"] = new Dictionary<string, object?>
            {
                ["steps"] = recipe.Checkpoint.Steps,
                ["minutes"] = recipe.Checkpoint.Minutes,
            },
            ["gradient"] = new Dictionary<string, object?>
            {
                ["clip_norm"] = recipe.Gradient.ClipNorm,
                ["clip_value"] = recipe.Gradient.ClipValue,
                ["clip_adaptive"] = recipe.Gradient.ClipAdaptive,
                ["noise"] = recipe.Gradient.Noise,
                ["accumulate"] = recipe.Gradient.Accumulate,
            },
            ["loss"] = Plain(recipe.Loss),
            ["regularize"] = Plain(recipe.Regularize),
            [EarlyStop] = new Dictionary<string, object?>
            {
                ["patience"] = recipe.EarlyStopping.Patience,
                ["watch"] = recipe.EarlyStopping.Watch,
            },
            ["label_smoothing"] = recipe.LabelSmoothing,
            ["sampling"] = recipe.Sampling == Sampling.Uniform ? "uniform" : "balanced",
            ["epochs"] = recipe.Epochs,
            [EpochRepeats] = recipe.EpochRepeats,
            ["batch"] = recipe.Batch,
            ["seed"] = recipe.Seed,
            ["snapshots"] = recipe.Snapshots,
            ["distill"] = new Dictionary<string, object?>
            {
                ["teacher"] = recipe.Distill.Teacher,
                ["temperature"] = recipe.Distill.Temperature,
                ["weight"] = recipe.Distill.Weight,
            },
            ["val_fraction"] = recipe.ValFraction,
            ["split_seed"] = recipe.SplitSeed,
            ["cache"] = recipe.Cache,
            ["cache_folder"] = recipe.CacheFolder,
            ["cache_limit"] = recipe.CacheLimit,
            ["on_bad_file"] = recipe.OnBadFile == OnBadFile.Fail ? "fail" : "skip",
            ["allow_duplicates"] = recipe.AllowDuplicates,
            ["result_weights"] = recipe.ResultWeights,
            ["max_pixels"] = recipe.MaxPixels,
            ["threads"] = recipe.Threads,
            ["device"] = recipe.Device,
            ["precision"] = recipe.Precision,
            ["layout"] = recipe.Layout,
        };
        return RecipeTree.Write(tree);
    }

    private static string ReadText(string path)
    {
        const int Limit = 1 << 20; // a recipe is a page; a megabyte is no recipe
        try
        {
            using var reader = new StreamReader(RegularFile.OpenStream(path));
            var text = new char[Limit + 1];
            var length = reader.ReadBlock(text);
            return length <= Limit
                ? new string(text, 0, length)
                : throw new FineTuneException($"'{path}' has more than {Limit} characters; it is no recipe.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"Cannot read the recipe '{path}': {RegularFile.Reason(path, e)}.", e);
        }
    }

    private static void Set(Dictionary<string, object?> tree, string setting)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1)
            throw new FineTuneException($"'{setting}' sets nothing; write key=value, as in optimizer.lr=0.01.");
        var path = setting[..equals].Split('.');
        var value = RecipeTree.ParseValue(setting[(equals + 1)..], setting);
        if (!Keys.Contains(path[0]))
            throw Nearest.Unknown("recipe key", path[0], Keys);
        switch (path)
        {
            case [var key]:
                tree[key] = value;
                break;
            case [var key, "name"] when key is "optimizer" or "schedule" or "loss":
                tree[key] = new Dictionary<string, object?> { ["name"] = value };
                break;
            case [var key, var option]:
                var map = tree.GetValueOrDefault(key) switch
                {
                    Dictionary<string, object?> existing => existing,
                    string name => new Dictionary<string, object?> { ["name"] = name },
                    long patience when key == EarlyStop => new Dictionary<string, object?> { ["patience"] = patience },
                    _ => Default(key),
                };
                map[option] = value;
                tree[key] = map;
                break;
            default:
                throw new FineTuneException($"'{setting}' has too many dots; the deepest key looks like optimizer.lr.");
        }
    }

    /// <summary>What a key's option is set over where the recipe does not give the key.</summary>
    private static Dictionary<string, object?> Default(string key) => key switch
    {
        "optimizer" => (Dictionary<string, object?>)Plain(new Recipe().Optimizer)!,
        "schedule" => new Dictionary<string, object?> { ["name"] = "cosine" },
        "loss" => (Dictionary<string, object?>)Plain(new Recipe().Loss)!,
        _ => [],
    };

    private static Recipe Bind(Dictionary<string, object?> tree, bool validate = true, AutoOptions? auto = null)
    {
        foreach (var key in tree.Keys.Where(k => !Keys.Contains(k)))
            throw Nearest.Unknown("recipe key", key, Keys);
        if (tree.GetValueOrDefault(EarlyStop) is long epochs)
            tree[EarlyStop] = new Dictionary<string, object?> { ["patience"] = epochs };
        foreach (var (key, known) in Nested)
        {
            if (tree.GetValueOrDefault(key) is not (null or Dictionary<string, object?>))
            {
                throw new FineTuneException(
                    $"The recipe's {key} is a map of {string.Join(", ", known)}, as in {key}: {{ {known[0]}: ... }}.");
            }
        }

        var read = new OptionReader("the recipe", [.. Keys.Select(k => new OptionInfo(k, string.Empty, string.Empty))], tree);
        var head = Inner(tree, "head");
        var input = Inner(tree, "input");
        var gradient = Inner(tree, "gradient");
        var checkpoint = Inner(tree, "checkpoint");
        var earlyStopping = Inner(tree, EarlyStop);
        var distill = Inner(tree, "distill");
        var phases = RecipePhases.Read(read.Maps("phases"), ToSchedule);
        var defaults = new Recipe();
        if (phases.Count > 0 && phases.All(p => p.Epochs is not null))
            defaults = defaults with { Epochs = phases.Sum(p => p.Epochs!.Value) };
        var recipe = defaults with
        {
            Data = read.Words("data") ?? string.Empty,
            Model = read.Words("model") ?? string.Empty,
            Weights = read.Words("weights"),
            Trainable = read.Words("trainable") ?? defaults.Trainable,
            Phases = phases.Count > 0 ? phases : [],
            Unfreeze = read.Integer("unfreeze", 0),
            Freeze = read.Texts("freeze", []) is { Count: > 0 } names ? names : [],
            BatchNorm = read.Words("batch_norm") ?? defaults.BatchNorm,
            Head = new HeadOptions
            {
                Form = head.Words("form") ?? defaults.Head.Form,
                Hidden = head.Integer("hidden", defaults.Head.Hidden),
                Init = head.Words("init") ?? defaults.Head.Init,
                Penalty = head.Words("penalty") is null ? null : head.Number("penalty", 0),
                Dropout = head.Number("dropout", 0),
                DropoutForm = ToForm(head.Words("dropout_form")),
            },
            Input = new InputOptions { Size = Optional(input, "size"), Resize = Optional(input, "resize") },
            Augment = tree.GetValueOrDefault("augment") is { } augment ? ToAugment(augment) : defaults.Augment,
            Optimizer = tree.GetValueOrDefault("optimizer") is { } optimizer ? NamedSpec.Parse("optimizer", optimizer) : defaults.Optimizer,
            Schedule = tree.GetValueOrDefault("schedule") is { } schedule ? ToSchedule(schedule) : null,
            Checkpoint = new CheckpointOptions { Steps = checkpoint.Integer("steps", 0), Minutes = checkpoint.Number("minutes", 0) },
            Gradient = new GradientOptions
            {
                ClipNorm = gradient.Number("clip_norm", 0),
                ClipValue = gradient.Number("clip_value", 0),
                ClipAdaptive = gradient.Number("clip_adaptive", 0),
                Noise = gradient.Number("noise", 0),
                Accumulate = gradient.Integer("accumulate", 1),
            },
            Loss = tree.GetValueOrDefault("loss") is { } loss ? NamedSpec.Parse("loss", loss) : defaults.Loss,
            Regularize = ToRegularize(Inner(tree, "regularize")),
            EarlyStopping = new EarlyStopping
            {
                Patience = earlyStopping.Integer("patience", 0),
                Watch = earlyStopping.Words("watch") ?? EarlyStopping.Nll,
            },
            LabelSmoothing = read.Number("label_smoothing", defaults.LabelSmoothing),
            Sampling = read.Words("sampling") switch
            {
                null or "uniform" => Sampling.Uniform,
                "balanced" => Sampling.Balanced,
                var other => throw Nearest.Unknown("value of `sampling`:", other, ["uniform", "balanced"]),
            },
            Epochs = read.Integer("epochs", defaults.Epochs),
            EpochRepeats = read.Integer(EpochRepeats, defaults.EpochRepeats),
            Batch = read.Integer("batch", defaults.Batch),
            Seed = tree.GetValueOrDefault("seed") switch
            {
                null => 0,
                long seed => seed,
                var other => throw new FineTuneException($"The recipe's seed is {OptionReader.Text(other)}; a whole number is allowed."),
            },
            Snapshots = read.Integer("snapshots", defaults.Snapshots),
            Distill = new DistillOptions
            {
                Teacher = distill.Words("teacher"),
                Temperature = distill.Number("temperature", defaults.Distill.Temperature),
                Weight = distill.Number("weight", defaults.Distill.Weight),
            },
            ValFraction = read.Number("val_fraction", defaults.ValFraction),
            SplitSeed = read.Words("split_seed") is null ? null : read.Integer("split_seed", 0),
            Cache = read.Words("cache") ?? defaults.Cache,
            CacheFolder = read.Words("cache_folder"),
            CacheLimit = read.Number("cache_limit", defaults.CacheLimit),
            OnBadFile = read.Words("on_bad_file") switch
            {
                null or "fail" => OnBadFile.Fail,
                "skip" => OnBadFile.Skip,
                var other => throw Nearest.Unknown("value of `on_bad_file`:", other, ["fail", "skip"]),
            },
            AllowDuplicates = read.Flag("allow_duplicates", false),
            ResultWeights = read.Words("result_weights") ?? defaults.ResultWeights,
            MaxPixels = read.Integer("max_pixels", (int)read.Within("max_pixels", defaults.MaxPixels, 1, ImageLimits.MostPixels)),
            Threads = read.Integer("threads", defaults.Threads),
            Device = read.Words("device") ?? defaults.Device,
            Precision = read.Words("precision") ?? defaults.Precision,
            Layout = read.Words("layout") ?? defaults.Layout,
            Auto = auto,
        };
        if (!validate)
            return recipe;
        if (auto is null && recipe.Weights == NamedRecipes.Auto)
            throw new FineTuneException("Only recipe auto chooses weights: add --set recipe=auto, or name them (`finetune list weights`).");
        if (recipe.Model.Length == 0 && recipe.Weights is { Length: > 0 } weights && !(auto is not null && weights == NamedRecipes.Auto))
            recipe = recipe with { Model = LoadedModel.ModelOf(weights) };
        recipe.Validate();
        return recipe;
    }

    private static OptionReader Inner(Dictionary<string, object?> tree, string key) =>
        new(key, [.. Nested[key].Select(k => new OptionInfo(k, string.Empty, string.Empty))],
            tree.GetValueOrDefault(key) as Dictionary<string, object?> ?? []);

    private static DropoutForm ToForm(string? word) => word switch
    {
        null or Inverted => DropoutForm.Inverted,
        TestScaled => DropoutForm.TestScaled,
        _ => throw Nearest.Unknown("value of `head.dropout_form`:", word, [Inverted, TestScaled]),
    };

    private static RegularizeOptions ToRegularize(OptionReader read) => new()
    {
        SpatialDropout = read.Number("spatial_dropout", 0),
        DropBlock = read.Number("drop_block", 0),
        BlockSize = read.Integer("block_size", 7),
        Stages = read.Texts("stages", []) is { Count: > 0 } names ? names : [],
        StochasticDepth = read.Number("stochastic_depth", 0),
        DropConnect = read.Number("drop_connect", 0),
        FractionalPool = read.Flag("fractional_pool", false),
        PoolRatio = read.Number("pool_ratio", 0),
        L1 = read.Number("l1", 0),
        L2 = read.Number("l2", 0),
        MaxNorm = read.Number("max_norm", 0),
    };

    private static Dictionary<string, object?> Plain(RegularizeOptions r) => new()
    {
        ["spatial_dropout"] = r.SpatialDropout,
        ["drop_block"] = r.DropBlock,
        ["block_size"] = r.BlockSize,
        ["stages"] = r.Stages.Cast<object?>().ToList(),
        ["stochastic_depth"] = r.StochasticDepth,
        ["drop_connect"] = r.DropConnect,
        ["fractional_pool"] = r.FractionalPool,
        ["pool_ratio"] = r.PoolRatio,
        ["l1"] = r.L1,
        ["l2"] = r.L2,
        ["max_norm"] = r.MaxNorm,
    };

    private static int? Optional(OptionReader reader, string key) => reader.Words(key) is null ? null : reader.Integer(key, 0);

    private static AugmentSpec ToAugment(object value) => value switch
    {
        string preset => AugmentSpec.Of(preset),
        List<object?> list => AugmentSpec.Of([.. list.Select(t => NamedSpec.Parse("augment", t ?? string.Empty))]),
        var one => AugmentSpec.Of([NamedSpec.Parse("augment", one)]),
    };

    /// <summary>A list is a sequence of schedules.</summary>
    private static NamedSpec ToSchedule(object value) => value is List<object?> parts
        ? new NamedSpec("sequence").With("parts", parts)
        : NamedSpec.Parse("schedule", value);

    private static object? Plain(NamedSpec spec) =>
        new Dictionary<string, object?>(spec.Options.Prepend(KeyValuePair.Create<string, object?>("name", spec.Name)));
}
