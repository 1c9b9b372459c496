using System.CommandLine;
using FineTune.Distributed;
using FineTune.Experiment;
using FineTune.Experiment.Auto;
using FineTune.Models;
using FineTune.Train;

namespace FineTune.Cli;

/// <summary>A recipe from the command line: the inputs of every verb that trains.</summary>
internal static class RecipeInput
{
    private static readonly Argument<string?> RecipePath = new("recipe")
    {
        Description = "A recipe file (YAML), or a name from `finetune list recipes`",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Option<string?> Data = new("--data")
    {
        Description = "A folder with one subfolder per class, or with train/ and val/ that have these",
    };
    private static readonly Option<string?> Model = new("--model") { Description = "A name from `finetune list models`" };
    private static readonly Option<string?> Weights = new("--weights")
    {
        Description = $"{Options.WeightsFile}, a run's folder, a name from `finetune list weights`, or, with recipe auto, auto: "
            + "the best of those; without it: from scratch, or auto if there is no --model either",
    };
    private static readonly Option<int?> Epochs = Short<int?>("--epochs", "Passes over the training images", "epochs");
    private static readonly Option<int?> Batch = Short<int?>("--batch", "Images per step", "batch");
    private static readonly Option<double?> Lr = Short<double?>("--lr", "Learning rate of the optimizer", "optimizer.lr");
    private static readonly Option<double?> Minutes = Short<double?>("--minutes", "Time that recipe auto plans for", "minutes");
    private static readonly Option<long?> Seed = Short<long?>("--seed", "Seed of all random numbers", "seed");
    private static readonly Option<string[]> Settings = new("--set")
    {
        Description = "Any key of a recipe, as in --set trainable=head snapshots=5",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };
    private static readonly Option<string?> Precision = new("--precision")
    {
        Description = "Precision of convolutions and matrix products: float32 (default), bfloat16, or auto, the fastest here",
        HelpName = string.Join('|', Numerics.Precisions),
    };

    private static readonly Option<string?> Layout = new("--layout")
    {
        Description = "Memory format of the images: nchw, channels_last, or auto (default), which the network decides",
        HelpName = string.Join('|', Numerics.Layouts),
    };

    private static readonly Option<string?> BadFile = Options.OnBadFile();
    private static readonly Option<long?> MaxPixels = Options.MaxPixels();
    private static readonly Option<bool> AllowDuplicates = Options.AllowDuplicates();

    /// <summary>What a verb adds to its own.</summary>
    public static IReadOnlyList<Symbol> Symbols { get; } =
    [
        RecipePath, Data, Model, Weights, Minutes, Epochs, Batch, Lr, Seed, Precision, Layout, Settings, BadFile, MaxPixels,
        AllowDuplicates,
    ];

    /// <summary>The same without the time of a whole run.</summary>
    public static IEnumerable<Symbol> Untimed => Symbols.Where(s => s != Minutes);

    /// <summary>The recipe that was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="more">key=value of the verb's own options, under those of the command line.</param>
    public static Recipe Read(ParseResult parsed, params IEnumerable<string> more) =>
        RecipeFile.Read(parsed.GetValue(RecipePath), [.. more, .. Overrides(parsed)]);

    /// <summary>Whether neither a file nor a name was given.</summary>
    public static bool NamesNone(ParseResult parsed) =>
        parsed.GetValue(RecipePath) is null
        && !(parsed.GetValue(Settings) ?? []).Any(s => s.StartsWith("recipe=", StringComparison.Ordinal));

    /// <summary>Makes it real, under a bar.</summary>
    public static Experiment.Experiment Prepare(
        Recipe recipe,
        RunFolder folder,
        Ui ui,
        CancellationToken stop,
        Action<PlanDecision>? planning = null,
        ICommunicator? ranks = null) =>
        ui.ReadingImages(progress => Experiment.Experiment.Prepare(recipe, folder, progress, planning, ranks, stop));

    /// <summary>Goes on with a run, under a bar.</summary>
    /// <exception cref="UsageException">More was given than where its images are and what may change.</exception>
    public static Experiment.Experiment Resume(
        ParseResult parsed, RunFolder folder, Ui ui, CancellationToken stop, ICommunicator? ranks = null)
    {
        if (CommonOptions.Given(parsed, Symbols.Except([Data, Settings, Epochs])) is { } given)
            throw new UsageException($"--resume uses the run's own recipe; leave out {given}.");
        return ui.ReadingImages(
            progress => Experiment.Experiment.Resume(folder, [.. Settled(parsed)], parsed.GetValue(Data), progress, ranks, stop));
    }

    /// <summary>Whether a verb takes a recipe.</summary>
    public static bool IsTakenBy(Command verb) => verb.Options.Contains(Settings);

    private static Option<T> Short<T>(string name, string description, string key) =>
        new(name) { Description = $"{description}: short for --set {key}=", HelpName = "N" };

    /// <summary>A key and words as their value, whatever is in them.</summary>
    public static string Setting(string key, string words) => $"{key}='{words.Replace("'", "''", StringComparison.Ordinal)}'";

    private static IEnumerable<string> Overrides(ParseResult parsed)
    {
        foreach (var (key, option) in new[]
        {
            ("data", Data), ("model", Model), ("weights", Weights), ("precision", Precision), ("layout", Layout), ("on_bad_file", BadFile),
        })
        {
            if (parsed.GetValue(option) is { } value)
                yield return Setting(key, value);
        }

        if (parsed.GetValue(MaxPixels) is { } pixels)
            yield return FormattableString.Invariant($"max_pixels={pixels}");
        if (parsed.GetValue(AllowDuplicates))
            yield return "allow_duplicates=true";
        foreach (var setting in Settled(parsed))
            yield return setting;
    }

    /// <summary>What --set and its short forms say.</summary>
    /// <exception cref="UsageException">A key is given in both ways.</exception>
    private static IEnumerable<string> Settled(ParseResult parsed)
    {
        var settings = parsed.GetValue(Settings) ?? [];
        foreach (var setting in settings)
            yield return setting;
        foreach (var (key, option) in new (string, Option)[]
        {
            ("epochs", Epochs), ("batch", Batch), ("optimizer.lr", Lr), ("seed", Seed), ("minutes", Minutes),
        })
        {
            if (parsed.GetResult(option) is not { Tokens: [var given, ..] })
                continue;
            if (settings.Any(s => s.StartsWith($"{key}=", StringComparison.Ordinal)))
                throw new UsageException($"{option.Name} is short for --set {key}=, which is given too; leave out one of them.");
            yield return $"{key}={given.Value}"; // after --set optimizer=NAME, whose rate it is
        }
    }
}
