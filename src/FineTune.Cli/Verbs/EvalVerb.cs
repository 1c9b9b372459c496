using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Data;
using FineTune.Distributed;
using FineTune.Evaluate;
using FineTune.Evaluate.Calibration;
using FineTune.Evaluate.Metrics;
using FineTune.Experiment;

namespace FineTune.Cli.Verbs;

/// <summary>finetune eval.</summary>
internal static class EvalVerb
{
    private const int DefaultTopK = 5;
    private const string Nll = "0.00000", Error = "0.0000"; // how many digits

    private static readonly Option<string?> Run = new("--run")
    {
        Description = "Folder of a run, whose result is evaluated on its own validation images, or of a saved ensemble",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "A folder with one subfolder per class; with --run: the folder of the run's images, if it was moved",
    };

    private static readonly Option<string?> Model = Options.ModelOfWeights();
    private static readonly Option<string?> Weights = Options.WeightsOrResult();
    private static readonly Option<string?> Split = new("--split")
    {
        Description = "train, val, test or all; by default val, or test if there is no val",
    };

    private static readonly Option<int?> TopK = new("--top-k")
    {
        Description = $"Report the part of images whose true class is among the K likeliest; default {DefaultTopK}",
        HelpName = "K",
    };

    private static readonly Option<string?> Calibrate = new Option<string?>("--calibrate")
    {
        Description = "Measure calibrated probabilities too: fitted on the validation images; cross-fitted where these are measured",
        HelpName = string.Join('|', Calibrations.All.Select(c => c.Name)),
    }.AcceptOnlyFromAmong([.. Calibrations.All.Select(c => c.Name)]);

    private static readonly Option<double?> Coverage = new("--coverage")
    {
        Description = "Report the accuracy where only this part of the images, in (0, 1], is answered: the most confident ones",
        HelpName = "P",
    };

    private static readonly Option<int?> Passes = Options.MonteCarlo();
    private static readonly Option<string?> Tta = Options.Tta();
    private static readonly Option<string?> Precision = Options.Precision("default: the run's, or float32");
    private static readonly Option<string?> Layout = Options.Layout("default: the run's, or auto");
    private static readonly Option<string?> BadFile = Options.OnBadFile();
    private static readonly Option<long?> MaxPixels = Options.MaxPixels("a run's own, else 178956970, twice Pillow's limit");

    public static Command Command() => CommonOptions.Verb(
        "eval",
        "Evaluates a model on a folder of images: accuracy, also by class, F1, likelihood, calibration, ranking, abstaining.",
        [
            "finetune eval --data photos --model resnet18 --weights resnet18.pth --json",
            "finetune eval --run runs/a --split test --mc 20",
            "finetune eval --run runs/a --calibrate temperature --coverage 0.9",
        ],
        [
            Run, Data, Model, Weights, Split, TopK, Calibrate, Coverage, Tta, Passes, Precision, Layout, BadFile, MaxPixels,
            RankInput.Distributed,
        ],
        (parsed, ui) => RankInput.Joined(parsed, ui, (ranks, mine) => Evaluate(parsed, mine, ranks)));

    private static int Evaluate(ParseResult parsed, Ui ui, ICommunicator ranks)
    {
        var (k, coverage) = (parsed.GetValue(TopK) ?? DefaultTopK, parsed.GetValue(Coverage));
        if (k < 1)
            throw new UsageException($"--top-k is {k}; at least 1 is allowed.");
        if (coverage is not (null or (> 0 and <= 1)))
            throw new UsageException($"--coverage is {Format.Number(coverage.Value, "R")}; above 0 and at most 1 is allowed.");
        var measured = parsed.GetValue(Run) is { } run ? OfRun(run, parsed, ui, ranks) : OfWeights(parsed, ui, ranks);
        ui.Notes(measured.Notes);
        var report = ClassificationReport.Of(measured.Predictions);
        var json = ReportJson.Of(report);
        json["split"] = measured.Split;
        json["weights"] = measured.Weights;
        json["notes"] = Format.Json(measured.Notes);
        if (parsed.GetValue(Passes) is { } passes)
            json["mc"] = passes;
        if (parsed.GetValue(Tta) is { } views)
            json["tta"] = views;
        var topK = Score.TopK(measured.Predictions, k);
        json[FormattableString.Invariant($"top{k}")] = topK;
        Show(ui, report, measured.Split);
        if (measured.Predictions.Classes.Count > k) // among fewer, the true class is always there
            ui.Result(Line($"top-{k}", Format.Percent(topK)));
        if (measured.Calibrated is { } calibrated)
            json["calibrated"] = Show(ui, calibrated, measured.FittedOn!);
        if (coverage is { } part)
            json["coverage"] = Show(ui, report.RiskCoverage.At(part), ClassThreshold.Of(measured.Predictions, part));
        ui.ResultJson(json);
        return Exit.Done;
    }

    private static void Show(Ui ui, ClassificationReport report, string split)
    {
        var score = report.Score;
        var one = Format.Percent(1.0 / score.N);
        ui.Result(Line("top-1", $"{Format.Top1(score)} of {score.N} {split} images (95% interval; one image is {one})"));
        ui.Result(Line("balanced", $"{Format.Percent(report.Confusion.BalancedAccuracy)} (mean over classes)"));
        ui.Result(Line("macro F1", Format.Number(report.Confusion.MacroF1)));
        ui.Result(Line("nll", Format.Number(score.Nll, Nll)));
        ui.Result(Line("brier", Format.Number(report.Brier, Error)));
        ui.Result(Line("ece", Format.Number(score.Ece, Error)));
        ui.Result(Line("auroc", report.Auroc is { } auroc ? Format.Number(auroc, Error) : "not defined: all images are of one class"));
        ui.Result(Line("aurc", Format.Number(report.RiskCoverage.Aurc, Error)));
    }

    private static JsonObject Show(Ui ui, Calibrated calibrated, string fittedOn)
    {
        var how = calibrated.Folds is { } folds
            ? $"cross-fitted in {folds} folds of the {fittedOn} images"
            : $"fitted on the {fittedOn} images";
        var fitted = calibrated.Fitted is TemperatureScaling t ? $"temperature {Format.Number(t.Temperature)}" : calibrated.Method;
        var score = Score.Of(calibrated.Predictions);
        var brier = Format.Number(ClassificationReport.BrierOf(calibrated.Predictions), Error);
        var scores = $"nll {Format.Number(score.Nll, Nll)}, brier {brier}, ece {Format.Number(score.Ece, Error)}";
        ui.Result(Line("calibrated", $"{scores} ({fitted}, {how})"));
        return ReportJson.Of(calibrated, fittedOn);
    }

    private static JsonObject Show(Ui ui, CoveragePoint point, IReadOnlyList<ClassThreshold> perClass)
    {
        var (accuracy, part) = (Format.Percent(point.Accuracy), Format.Percent(point.Coverage));
        var threshold = Format.Number(point.Threshold, Error);
        ui.Result(Line("coverage", $"accuracy {accuracy} on {part} of the images, those of confidence {threshold} and more"));
        return ReportJson.Of(point, perClass);
    }

    private static string Line(string name, string value) => $"{name,-10}  {value}";

    private static Measured OfRun(string folder, ParseResult parsed, Ui ui, ICommunicator ranks)
    {
        if (CommonOptions.Given(parsed, [Model, BadFile]) is { } given)
            throw new UsageException($"--run evaluates a run on its own images; leave out {given}.");
        var session = ResultInput.Open(folder, parsed, Precision, Layout, Weights, MaxPixels, ranks, parsed.GetValue(Data));
        using var model = session.OpenResult();
        var options = session.Inference(parsed.GetValue(Tta), parsed.GetValue(Passes)) with { Ranks = ranks };
        return Measure(
            parsed,
            ui,
            session.Weights,
            session.Samples,
            (samples, report) => session.Predict(model, samples, options, report),
            split => session.Weights == "best" && split is SplitName.Validation or SplitName.All
                ? [.. session.Notes, $"The best epoch was chosen on the {SplitName.Validation} images, so these numbers are optimistic."]
                : session.Notes);
    }

    private static Measured OfWeights(ParseResult parsed, Ui ui, ICommunicator ranks)
    {
        if (parsed.GetValue(Data) is not { } data || parsed.GetValue(Weights) is not { } weights)
            throw new UsageException("Give --run, or --data with --weights (and --model).");
        using var model = WeightsSession.OpenModel(parsed.GetValue(Model), weights, parsed.GetValue(Precision), parsed.GetValue(Layout));
        var badFile = Options.BadFile(parsed.GetValue(BadFile));
        var session = new WeightsSession(model, data, badFile, weights, parsed.GetValue(MaxPixels));
        var options = Options.Inference(parsed.GetValue(Tta), parsed.GetValue(Passes)) with { Ranks = ranks };
        return Measure(
            parsed,
            ui,
            weights,
            session.Samples,
            (samples, report) => session.Predict(samples, report, options),
            _ => [.. model.Notes, .. session.Notes]);
    }

    private static Measured Measure(
        ParseResult parsed,
        Ui ui,
        string weights,
        Func<string?, (string Split, IReadOnlyList<Sample> Samples)> open,
        Func<IReadOnlyList<Sample>, IProgress<int>, Predictions> predict,
        Func<string, IReadOnlyList<string>> notes)
    {
        var (split, samples) = open(parsed.GetValue(Split));
        var measured = Predict("evaluating", samples);
        var (calibrated, fittedOn) = parsed.GetValue(Calibrate) is { } method ? Fitted(method) : (null, null);
        return new Measured(
            split,
            measured,
            weights,
            notes(split),
            calibrated,
            fittedOn);

        (Calibrated? Calibrated, string? FittedOn) Fitted(string method)
        {
            var (validation, images) = open(null);
            return split == validation || split == SplitName.All // which has the validation images too
                ? (Calibrated.Crosswise(method, measured), split)
                : (Calibrated.By(method, Predict("calibrating", images), measured), validation);
        }

        Predictions Predict(string what, IReadOnlyList<Sample> images) =>
            ui.Bar(what, images.Count, report => predict(images, new Relay<int>(done => report(done))));
    }

    /// <summary>Predictions, and what they were made from.</summary>
    private sealed record Measured(
        string Split,
        Predictions Predictions,
        string Weights,
        IReadOnlyList<string> Notes,
        Calibrated? Calibrated,
        string? FittedOn);
}
