using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Experiment;

namespace FineTune.Cli.Verbs;

/// <summary>finetune eval.</summary>
internal static class EvalVerb
{
    private static readonly Option<string?> Run = new("--run") { Description = "A run's folder: its best weights on its own data" };
    private static readonly Option<string?> Data = new("--data") { Description = "A folder of class folders" };
    private static readonly Option<string?> Model = new("--model") { Description = "A name of `finetune list models`; not needed where the weights say" };
    private static readonly Option<string?> Weights = new("--weights") { Description = "A weights file, or a name of `finetune list weights`" };
    private static readonly Option<string?> Split = new("--split") { Description = "train, val, test or all; by default val, or test where there is no val" };
    private static readonly Option<int?> Passes = Options.MonteCarlo();
    private static readonly Option<string?> Precision = Options.Precision("a run's own, else float32");
    private static readonly Option<string?> Layout = Options.Layout("a run's own, else nchw");
    private static readonly Option<string?> BadFile = Options.OnBadFile();
    private static readonly Option<long?> MaxPixels = Options.MaxPixels("a run's own, else 178956970, twice Pillow's limit");

    public static Command Command() => CommonOptions.Verb(
        "eval",
        "Measures a network on a folder of images: top-1, top-5, negative log-likelihood, calibration error.",
        ["finetune eval --data photos --model resnet18 --weights resnet18.pth --json", "finetune eval --run runs/a --split test --mc 20"],
        [Run, Data, Model, Weights, Split, Passes, Precision, Layout, BadFile, MaxPixels],
        Evaluate);

    private static int Evaluate(ParseResult parsed, Ui ui)
    {
        var (split, score, notes) = parsed.GetValue(Run) is { } run
            ? OfRun(run, parsed, ui)
            : OfWeights(parsed, ui);
        var json = Format.Json(score);
        json["split"] = split;
        json["notes"] = new JsonArray([.. notes.Select(n => (JsonNode?)n)]);
        if (parsed.GetValue(Passes) is { } passes)
            json["mc"] = passes;
        ui.ResultJson(json);
        ui.Result($"top-1  {Format.Top1(score)} of {score.N} {split} images (95% interval; one image is {Format.Percent(1.0 / score.N)})");
        ui.Result($"top-5  {Format.Percent(score.Top5)}");
        ui.Result($"nll    {Format.Number(score.Nll, "0.00000")}");
        ui.Result($"ece    {Format.Number(score.Ece, "0.0000")}");
        foreach (var note in notes)
            ui.Result($"note   {note}");
        return Exit.Done;
    }

    private static (string Split, Score Score, IReadOnlyList<string> Notes) OfRun(string folder, ParseResult parsed, Ui ui)
    {
        if (CommonOptions.Given(parsed, [Data, Model, Weights, BadFile]) is { } given)
            throw new UsageException($"--run measures a run's best weights on its own data; leave out {given}, or give --weights {folder}/checkpoints/best.safetensors with --data.");
        var session = new RunSession(folder, parsed.GetValue(Precision), parsed.GetValue(Layout), parsed.GetValue(MaxPixels));
        using var model = session.OpenBest();
        var (name, samples) = session.Samples(parsed.GetValue(Split), model.Classes!);
        var predictions = ui.Bar("evaluating", samples.Count, report => session.Predict(model, samples, new Relay<int>(done => report(done)), parsed.GetValue(Passes)));
        return (name, Score.Of(predictions), Notes(name, model.Classes!, samples));
    }

    private static (string Split, Score Score, IReadOnlyList<string> Notes) OfWeights(ParseResult parsed, Ui ui)
    {
        if (parsed.GetValue(Data) is not { } data || parsed.GetValue(Weights) is not { } weights)
            throw new UsageException("Give --run, or --data with --weights (and --model).");
        using var model = WeightsSession.OpenModel(parsed.GetValue(Model), weights, Options.Numerics(parsed.GetValue(Precision), parsed.GetValue(Layout)));
        var session = new WeightsSession(model, data, Options.BadFile(parsed.GetValue(BadFile)), parsed.GetValue(MaxPixels));
        var (name, samples) = session.Samples(parsed.GetValue(Split));
        var draws = parsed.GetValue(Passes) is { } passes ? new MonteCarlo(passes, 0) : null;
        var predictions = ui.Bar("evaluating", samples.Count, report => session.Predict(samples, new Relay<int>(done => report(done)), draws));
        return (name, Score.Of(predictions), Notes(name, session.Classes, samples));
    }

    private static IReadOnlyList<string> Notes(string split, IReadOnlyList<string> classes, IReadOnlyList<Sample> samples) =>
        ClassNotes.Of(split, classes, samples.Select(s => s.Label));
}
