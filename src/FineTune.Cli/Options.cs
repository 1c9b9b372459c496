using System.CommandLine;
using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Models;
using FineTune.Train;
using FineTune.Weights;

namespace FineTune.Cli;

/// <summary>Words of options that verbs share.</summary>
internal static class Options
{
    /// <summary>What a weights file may be.</summary>
    public static string WeightsFile { get; } = $"A weights file ({string.Join(", ", WeightFile.Endings)})";

    /// <summary>--on-bad-file.</summary>
    public static Option<string?> OnBadFile() =>
        new Option<string?>("--on-bad-file")
        {
            Description = "What to do with an image that cannot be read: fail (default) or skip",
            HelpName = "fail|skip",
        }.AcceptOnlyFromAmong("fail", "skip");

    /// <summary>--data, for the images of a run.</summary>
    public static Option<string?> RunData() =>
        new("--data") { Description = "The folder of the run's images, if it was moved; each image is checked by its hash" };

    /// <summary>--model, beside weights.</summary>
    public static Option<string?> ModelOfWeights() => new("--model")
    {
        Description = "A name from `finetune list models`; not needed if the weights file names its model",
    };

    /// <summary>--weights, for a model that is there, or the word of a run's result.</summary>
    public static Option<string?> WeightsOrResult() => new("--weights")
    {
        Description = $"{WeightsFile}, a run's folder, or a name from `finetune list weights`; "
            + "with --run: best or last, instead of the recipe's result_weights",
    };

    /// <summary>The word of --weights beside --run: best or last; null where it is not given.</summary>
    public static string? ResultWeights(string? word) => word is null || Recipe.ResultWords.Contains(word)
        ? word
        : throw new UsageException(
            $"With --run, --weights is {string.Join(" or ", Recipe.ResultWords)}, not '{word}'; for other weights, leave out --run.");

    /// <summary>--max-pixels.</summary>
    /// <param name="otherwise">What holds without it.</param>
    public static Option<long?> MaxPixels(string otherwise = "178956970, twice Pillow's limit") => new("--max-pixels")
    {
        Description = $"Pixels (width times height) that an image may have at most; {otherwise}",
        HelpName = "N",
    };

    /// <summary>--allow-duplicates.</summary>
    public static Option<bool> AllowDuplicates() =>
        new("--allow-duplicates") { Description = "Train although the same image is in several splits or classes" };

    /// <summary>--mc.</summary>
    public static Option<int?> MonteCarlo() =>
        new("--mc")
        {
            Description = "Monte Carlo dropout: average the probabilities of K passes with dropout and other stochastic layers active, " +
                "with a fixed seed (the run's); without it these layers are in evaluation mode",
            HelpName = "K",
        };

    /// <summary>--tta.</summary>
    public static Option<string?> Tta() => new("--tta")
    {
        Description = $"Test-time augmentation: average the probabilities over views of each image: {TestViews.Words}",
        HelpName = "VIEWS",
    };

    /// <summary>What --tta and --mc ask for, without a run.</summary>
    public static InferenceOptions Inference(string? views, int? passes) => new()
    {
        Views = TestViews.Parse(views ?? TestViews.One.Name),
        Draws = passes is { } k ? new MonteCarlo(k, 0) : null,
    };

    /// <summary>--precision, without auto, which measures training steps.</summary>
    /// <param name="otherwise">What holds without it.</param>
    public static Option<string?> Precision(string otherwise) =>
        Choice(
            "--precision", "Precision of convolutions and matrix products", otherwise, Numerics.Precisions.Where(p => p != Numerics.Auto));

    /// <summary>--layout.</summary>
    /// <param name="otherwise">What holds without it.</param>
    public static Option<string?> Layout(string otherwise) =>
        Choice("--layout", "Memory format of the images", otherwise, Numerics.Layouts);

    /// <summary>What its word stands for.</summary>
    public static OnBadFile BadFile(string? word) => word == "skip" ? Data.OnBadFile.Skip : Data.OnBadFile.Fail;

    private static Option<string?> Choice(string name, string description, string otherwise, IEnumerable<string> words)
    {
        string[] open = [.. words];
        return new Option<string?>(name) { Description = $"{description}; {otherwise}", HelpName = string.Join('|', open) }
            .AcceptOnlyFromAmong(open);
    }
}
