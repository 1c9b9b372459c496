using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Evaluate;
using FineTune.Experiment;
using FineTune.Images;

namespace FineTune.Cli.Verbs;

/// <summary>finetune predict.</summary>
internal static class PredictVerb
{
    private static readonly Argument<string[]> Images = new("images") { Description = "Images, or folders of images", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Run = new("--run") { Description = "Folder of a run, whose result is used, or of a saved ensemble" };
    private static readonly Option<string?> Model = Options.ModelOfWeights();
    private static readonly Option<string?> Weights = Options.WeightsOrResult();
    private static readonly Option<int?> Passes = Options.MonteCarlo();
    private static readonly Option<string?> Tta = Options.Tta();
    private static readonly Option<string?> Precision = Options.Precision("default: the run's, or float32");
    private static readonly Option<string?> Layout = Options.Layout("default: the run's, or nchw");

    private static readonly Option<long?> MaxPixels = Options.MaxPixels("a run's own, else 178956970, twice Pillow's limit");

    public static Command Command() => CommonOptions.Verb(
        "predict",
        "Predicts the class of images.",
        ["finetune predict --run runs/a photo.jpg more-photos/ --json"],
        [Images, Run, Model, Weights, Tta, Passes, Precision, Layout, MaxPixels],
        Predict);

    private static int Predict(ParseResult parsed, Ui ui)
    {
        if (parsed.GetValue(Run) is not null && CommonOptions.Given(parsed, [Model]) is { } given)
            throw new UsageException($"--run uses the run's own model; leave out {given}.");
        var session = parsed.GetValue(Run) is { } run ? ResultInput.Open(run, parsed, Precision, Layout, Weights, MaxPixels) : null;
        using IClassifier model = session is not null
            ? session.OpenResult()
            : WeightsSession.OpenModel(parsed.GetValue(Model), parsed.GetValue(Weights) ?? throw new UsageException("Give --run, or --weights (and --model)."), Options.Numerics(parsed.GetValue(Precision), parsed.GetValue(Layout)));
        ui.Notes([.. model.Notes, .. session?.Notes ?? []]);
        var options = session?.Inference(parsed.GetValue(Tta), parsed.GetValue(Passes)) ?? Options.Inference(parsed.GetValue(Tta), parsed.GetValue(Passes));
        var limits = session?.Limits ?? ImageLimits.OfPixels(parsed.GetValue(MaxPixels));
        var (predicted, failed) = (0, 0);
        foreach (var answer in ImagePredictor.Predict(model, parsed.GetValue(Images)!, options, limits))
        {
            if (answer.LeftOut is { } reason)
            {
                ui.Say($"left out  {answer.Path}: {reason}");
                ui.ResultJson(new JsonObject { ["path"] = answer.Path, ["left_out"] = reason });
                continue;
            }

            if (answer.Problem is { } problem)
            {
                Ui.Error(problem);
                failed++;
                continue;
            }

            predicted++;
            ui.ResultJson(new JsonObject
            {
                ["path"] = answer.Path,
                ["label"] = answer.Label,
                ["probabilities"] = new JsonObject(answer.Probabilities.Select(p => KeyValuePair.Create(p.Class, (JsonNode?)p.Probability))),
            });
            ui.Result($"{answer.Path}  {answer.Label}  {Format.Percent(answer.Probabilities.Max(p => p.Probability))}");
        }

        if (predicted == 0 && failed == 0)
            throw new FineTuneException($"There is no image to predict in {string.Join(", ", parsed.GetValue(Images)!.Select(p => $"'{p}'"))}.");
        return failed == 0 ? Exit.Done : Exit.Failed;
    }
}
