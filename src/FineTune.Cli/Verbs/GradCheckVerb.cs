using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Diagnose;
using FineTune.Experiment;
using Spectre.Console;

namespace FineTune.Cli.Verbs;

/// <summary>finetune gradcheck.</summary>
internal static class GradCheckVerb
{
    private static readonly Argument<string?> Model = new("model")
    {
        Description = "A name from `finetune list models`",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Option<string?> Run = new("--run")
    {
        Description = "Folder of a run, instead of a model; its best weights and its images are used",
    };
    private static readonly Option<string?> Weights = new("--weights")
    {
        Description = $"{Options.WeightsFile}, or a name from `finetune list weights`; without it: random initial values",
    };
    private static readonly Option<string?> Data = new("--data")
    {
        Description = "A folder with one subfolder per class; without it: random noise. With --run: where its images are now",
    };
    private static readonly Option<int> Images = new("--images") { Description = "Images in the batch", DefaultValueFactory = _ => 4 };
    private static readonly Option<int> Elements = new("--elements")
    {
        Description = "Randomly chosen elements per parameter tensor",
        DefaultValueFactory = _ => 4,
    };
    private static readonly Option<double> Step = new("--step")
    {
        Description = "Step h of the differences; multiplied by max(1, |w|)",
        DefaultValueFactory = _ => 1e-5,
    };
    private static readonly Option<long> Seed = new("--seed") { Description = "Seed of the elements, initial values and noise" };

    private static readonly Option<long?> MaxPixels = Options.MaxPixels();

    public static Command Command() => CommonOptions.Verb(
        "gradcheck",
        "Checks a model's gradient against central differences in double precision; fails if one is wrong.",
        ["finetune gradcheck cifar_resnet20 --data photos", "finetune gradcheck --run runs/a"],
        [Model, Run, Weights, Data, Images, Elements, Step, Seed, MaxPixels],
        Check);

    private static int Check(ParseResult parsed, Ui ui)
    {
        using var batch = Open(parsed);
        ui.Notes(batch.Notes);
        var total = batch.Network.OrderedParameters().Count();
        var options = new GradientCheckOptions
        {
            Elements = Positive("--elements", parsed.GetValue(Elements)),
            Step = Positive("--step", parsed.GetValue(Step)),
            Seed = parsed.GetValue(Seed),
        };
        var findings = ui.Bar("parameters", total, report => NetworkDiagnosis.CheckGradient(
            batch.Network, batch.Images, batch.Labels, batch.Loss, options, new Relay<int>(done => report(done))));
        var table = Ui.Table("parameter", "checked", "kinks", "largest error", "autograd", "differences", "verdict");
        foreach (var f in findings)
        {
            ui.ResultJson(new JsonObject
            {
                ["parameter"] = f.Parameter,
                ["count"] = f.Count,
                ["checked"] = f.Elements.Count,
                ["kinks"] = f.Kinks,
                ["error"] = f.Error,
                ["analytic"] = f.Worst?.Analytic,
                ["numeric"] = f.Worst?.Numeric,
                ["verdict"] = Word(f.Verdict),
            });
            table.AddRow(
                Ui.Cell(f.Parameter),
                $"{f.Elements.Count} of {Format.Count(f.Count)}",
                Format.Count(f.Kinks),
                f.Worst is null ? "-" : Format.Number(f.Error, "0.0e+0"),
                Small(f.Worst?.Analytic),
                Small(f.Worst?.Numeric),
                f.Worst is null ? "no verdict" : Word(f.Verdict));
        }

        ui.Result(table);
        var worst = findings.MaxBy(f => f.Verdict)!.Verdict;
        ui.Result($"{Word(worst)}: {findings.Sum(f => f.Elements.Count)} elements of {findings.Count} parameters on {batch.Source}, "
            + $"largest error {Format.Number(findings.Max(f => f.Error), "0.0e+0")}, {findings.Sum(f => f.Kinks)} at kinks, "
            + "without a verdict");
        return worst == GradientVerdict.Wrong ? Exit.Failed : Exit.Done;
    }

    private static DiagnosisBatch Open(ParseResult parsed) => (parsed.GetValue(Run), parsed.GetValue(Model)) switch
    {
        ({ }, null) when parsed.GetValue(MaxPixels) is not null =>
            throw new UsageException("--run has the limit of pixels of its recipe; leave out --max-pixels."),
        ({ } run, null) => DiagnosisBatch.OfRun(run, null, parsed.GetValue(Images), parsed.GetValue(Data)),
        (null, { } model) => DiagnosisBatch.OfModel(
            model,
            parsed.GetValue(Weights),
            parsed.GetValue(Data),
            parsed.GetValue(Images),
            parsed.GetValue(Seed),
            parsed.GetValue(MaxPixels)),
        _ => throw new FineTuneException("Give a model or --run."),
    };

    private static T Positive<T>(string option, T value)
        where T : System.Numerics.INumber<T> =>
        value > T.Zero ? value : throw new FineTuneException($"{option} is {value}; a number above 0 is allowed.");

    private static string Small(double? value) => value is { } v ? Format.Number(v, "0.00000e+0") : "-";

    private static string Word(GradientVerdict verdict) => verdict switch
    {
        GradientVerdict.Happy => "happy",
        GradientVerdict.Fine => "fine with kinks",
        GradientVerdict.Uneasy => "uneasy",
        _ => "WRONG",
    };
}
