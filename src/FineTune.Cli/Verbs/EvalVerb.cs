using System.CommandLine;
using FineTune.Cli.Show;
using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Experiment;

namespace FineTune.Cli.Verbs;

/// <summary>finetune eval.</summary>
internal static class EvalVerb
{
    private static readonly Option<string?> Run = new("--run") { Description = "Folder of a run, whose result is evaluated on its own validation images, or of a saved ensemble" };
    private static readonly Option<string?> Data = new("--data") { Description = "A folder with one subfolder per class; with --run: the folder of the run's images, if it was moved" };
    private static readonly Option<string?> Model = Options.ModelOfWeights();
    private static readonly Option<string?> Weights = Options.WeightsOrResult();
    private static readonly Option<string?> Split = new("--split") { Description = "train, val, test or all; by default val, or test if there is no val" };
    private static readonly Option<int?> Passes = Options.MonteCarlo();
    private static readonly Option<string?> Tta = Options.Tta();
    private static readonly Option<string?> Precision = Options.Precision("default: the run's, or float32");
    private static readonly Option<string?> Layout = Options.Layout("default: the run's, or nchw");
    private static readonly Option<string?> BadFile = Options.OnBadFile();
    private static readonly Option<long?> MaxPixels = Options.MaxPixels("a run's own, else 178956970, twice Pillow's limit");

    public static Command Command() => CommonOptions.Verb(
        "eval",
        "Evaluates a model on a folder of images: top-1, top-5 (with six or more classes), negative log-likelihood, calibration error.",
        ["finetune eval --data photos --model resnet18 --weights resnet18.pth --json", "finetune eval --run runs/a --split test --mc 20"],
        [Run, Data, Model, Weights, Split, Tta, Passes, Precision, Layout, BadFile, MaxPixels],
        Evaluate);

    private static int Evaluate(ParseResult parsed, Ui ui)
    {
        var (split, predictions, weights, notes) = parsed.GetValue(Run) is { } run
            ? OfRun(run, parsed, ui)
            : OfWeights(parsed, ui);
        ui.Notes(notes);
        var score = Score.Of(predictions);
        var json = Format.Json(score);
        json["split"] = split;
        json["weights"] = weights;
        json["notes"] = Format.Json(notes);
        if (parsed.GetValue(Passes) is { } passes)
            json["mc"] = passes;
        if (parsed.GetValue(Tta) is { } views)
            json["tta"] = views;
        ui.ResultJson(json);
        ui.Result($"top-1  {Format.Top1(score)} of {score.N} {split} images (95% interval; one image is {Format.Percent(1.0 / score.N)})");
        if (predictions.Classes.Count > 5) // among fewer, the true class is always there
            ui.Result($"top-5  {Format.Percent(score.Top5)}");
        ui.Result($"nll    {Format.Number(score.Nll, "0.00000")}");
        ui.Result($"ece    {Format.Number(score.Ece, "0.0000")}");
        return Exit.Done;
    }

    private static Measured OfRun(string folder, ParseResult parsed, Ui ui)
    {
        if (CommonOptions.Given(parsed, [Model, BadFile]) is { } given)
            throw new UsageException($"--run evaluates a run on its own images; leave out {given}.");
        var session = ResultInput.Open(folder, parsed, Precision, Layout, Weights, MaxPixels, parsed.GetValue(Data));
        using var model = session.OpenResult();
        var (name, samples) = session.Samples(parsed.GetValue(Split));
        var predictions = ui.Bar("evaluating", samples.Count, report => session.Predict(model, samples, session.Inference(parsed.GetValue(Tta), parsed.GetValue(Passes)), new Relay<int>(done => report(done))));
        return new Measured(name, predictions, session.Weights, [.. session.Notes, .. ClassNotes.Of(name, model.ClassNames, samples.Select(s => s.Label))]);
    }

    private static Measured OfWeights(ParseResult parsed, Ui ui)
    {
        if (parsed.GetValue(Data) is not { } data || parsed.GetValue(Weights) is not { } weights)
            throw new UsageException("Give --run, or --data with --weights (and --model).");
        using var model = WeightsSession.OpenModel(parsed.GetValue(Model), weights, Options.Numerics(parsed.GetValue(Precision), parsed.GetValue(Layout)));
        var session = new WeightsSession(model, data, Options.BadFile(parsed.GetValue(BadFile)), weights, parsed.GetValue(MaxPixels));
        var (name, samples) = session.Samples(parsed.GetValue(Split));
        var options = Options.Inference(parsed.GetValue(Tta), parsed.GetValue(Passes));
        var predictions = ui.Bar("evaluating", samples.Count, report => session.Predict(samples, new Relay<int>(done => report(done)), options));
        return new Measured(
            name,
            predictions,
            weights,
            [.. model.Notes, .. session.Notes, .. ClassNotes.Of(name, session.Classes, samples.Select(s => s.Label))]);
    }

    private sealed record Measured(string Split, Predictions Predictions, string Weights, IReadOnlyList<string> Notes);
}
