using System.CommandLine;
using FineTune.Cli.Show;
using FineTune.Cli.Show.Answers;
using FineTune.Distributed;
using FineTune.Experiment;
using FineTune.Images;

namespace FineTune.Cli.Verbs;

/// <summary>finetune predict.</summary>
internal static class PredictVerb
{
    private static readonly Argument<string[]> Images = new("images")
    {
        Description = $"Images, or folders of images; {ImageNames.StandardInput} for names on the standard input, one a line",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> Run = new("--run")
    {
        Description = "Folder of a run, whose result is used, or of a saved ensemble",
    };
    private static readonly Option<string?> Model = Options.ModelOfWeights();
    private static readonly Option<string?> Weights = Options.WeightsOrResult();
    private static readonly Option<string?> Form = new Option<string?>("--format")
    {
        Description = "table (default), jsonl (an object a line, as --json) or csv",
        HelpName = string.Join('|', AnswerFormats.Names),
    }.AcceptOnlyFromAmong([.. AnswerFormats.Names]);

    private static readonly Option<int?> TopK = new("--top-k")
    {
        Description = "Write the K likeliest classes with their probabilities, the likeliest first; default: the likeliest, in JSON all",
        HelpName = "K",
    };

    private static readonly Option<double?> MinConfidence = new("--min-confidence")
    {
        Description = "Say no class where the likeliest has a probability below P, in (0, 1]; see `finetune eval --coverage`",
        HelpName = "P",
    };

    private static readonly Option<string?> CopyTo = new("--copy-to")
    {
        Description = "Copy each image into a folder of its class in DIR; nothing is overwritten: a name that is taken gets a number",
        HelpName = "DIR",
    };

    private static readonly Option<int?> Passes = Options.MonteCarlo();
    private static readonly Option<string?> Tta = Options.Tta();
    private static readonly Option<string?> Precision = Options.Precision("default: the run's, or float32");
    private static readonly Option<string?> Layout = Options.Layout("default: the run's, or auto");
    private static readonly Option<long?> MaxPixels = Options.MaxPixels("a run's own, else 178956970, twice Pillow's limit");

    public static Command Command() => CommonOptions.Verb(
        "predict",
        "Predicts the class of images.",
        [
            "finetune predict --run runs/a photo.jpg more-photos/ --json",
            "finetune predict --run runs/a photos/ --min-confidence 0.8 --copy-to sorted --format csv > photos.csv",
            "finetune predict --run runs/a - --top-k 3 < names.txt",
        ],
        [Images, Run, Model, Weights, Form, TopK, MinConfidence, CopyTo, Tta, Passes, Precision, Layout, MaxPixels],
        Predict);

    private static int Predict(ParseResult parsed, Ui ui)
    {
        var (topK, minimum) = (parsed.GetValue(TopK), parsed.GetValue(MinConfidence));
        if (topK < 1)
            throw new UsageException($"--top-k is {topK}; at least 1 is allowed.");
        if (minimum is not (null or (> 0 and <= 1)))
            throw new UsageException($"--min-confidence is {Format.Number(minimum.Value, "R")}; above 0 and at most 1 is allowed.");
        if (parsed.GetValue(Run) is not null && CommonOptions.Given(parsed, [Model]) is { } given)
            throw new UsageException($"--run uses the run's own model; leave out {given}.");
        AnswerFormats.Check(parsed.GetValue(Form), ui.Json);
        var names = ImageNames.Of(parsed.GetValue(Images)!, Console.OpenStandardInput);
        var session = parsed.GetValue(Run) is { } run
            ? ResultInput.Open(run, parsed, Precision, Layout, Weights, MaxPixels, OneProcess.Instance)
            : null;
        using IClassifier model = session is not null ? session.OpenResult() : OpenModel(parsed);
        ui.Notes([.. model.Notes, .. session?.Notes ?? []]);
        var classes = model.ClassNames;
        var sorter = parsed.GetValue(CopyTo) is { } folder ? new ImageSorter(folder, classes, names) : null;
        ui.Notes(sorter?.Notes ?? []);
        var (views, passes) = (parsed.GetValue(Tta), parsed.GetValue(Passes));
        var options = session?.Inference(views, passes) ?? Options.Inference(views, passes);
        var limits = session?.Limits ?? ImageLimits.OfPixels(parsed.GetValue(MaxPixels));
        var writer = AnswerFormats.Open(parsed.GetValue(Form), ui.Json, topK, classes.Count);
        var (predicted, abstained, failed) = (0, 0, 0);
        foreach (var answer in ImagePredictor.Predict(model, names, options, limits))
        {
            if (answer.LeftOut is { } reason)
            {
                ui.Say($"left out  {answer.Path}: {reason}");
                writer.LeftOut(answer.Path, reason);
                continue;
            }

            if (answer.Problem is { } problem)
            {
                Ui.Error(problem);
                failed++;
                continue;
            }

            predicted++;
            var said = answer.AbstainingBelow(minimum ?? 0);
            abstained += said.Abstains ? 1 : 0;
            writer.Answer(said, sorter?.Copy(said));
        }

        if (predicted == 0 && failed == 0)
            throw new FineTuneException($"There is no image to predict in {Given(parsed.GetValue(Images)!)}.");
        if (minimum is { } p)
            ui.Say($"abstained on {abstained} of {Format.Plural(predicted, "image")} (confidence below {Format.Number(p, "R")})");
        if (sorter is not null)
        {
            var kept = sorter.Kept > 0 ? $"; there already: {Format.Plural(sorter.Kept, "image")}" : string.Empty;
            ui.Say($"copied    {Format.Plural(sorter.Copied, "image")} into '{parsed.GetValue(CopyTo)}'{kept}");
        }

        return failed == 0 ? Exit.Done : Exit.Failed;
    }

    private static LoadedModel OpenModel(ParseResult parsed) => WeightsSession.OpenModel(
        parsed.GetValue(Model),
        parsed.GetValue(Weights) ?? throw new UsageException("Give --run, or --weights (and --model)."),
        parsed.GetValue(Precision),
        parsed.GetValue(Layout));

    /// <summary>What was given, quoted.</summary>
    private static string Given(IReadOnlyList<string> given) =>
        string.Join(", ", given.Select(p => p == ImageNames.StandardInput ? "the names on the standard input" : $"'{p}'"));
}
