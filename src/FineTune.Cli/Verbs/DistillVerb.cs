using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Evaluate;
using FineTune.Evaluate.Statistics;
using FineTune.Experiment;
using FineTune.Train;
using Spectre.Console;

namespace FineTune.Cli.Verbs;

/// <summary>finetune distill.</summary>
internal static class DistillVerb
{
    private static readonly Option<string> Teacher = new("--teacher")
    {
        Description = "Folder of the teacher: a saved ensemble, or a run; its images are taken where there is no --data",
        Required = true,
    };

    private static readonly Option<double?> Temperature = new("--temperature")
    {
        Description = "Both distributions are softmax(logits / T); default 4",
        HelpName = "T",
    };

    private static readonly Option<double?> Weight = new("--teacher-weight")
    {
        Description = "Part of the teacher in the loss, 0 to 1; the rest is of the labels; default 0.9",
        HelpName = "A",
    };

    private static readonly Option<string> Out = new("--out") { Description = "Folder of the run, new or empty", Required = true };

    public static Command Command() => CommonOptions.Verb(
        "distill",
        "Trains one model on what an ensemble says of the training images, and measures it beside its teacher.",
        ["finetune distill --teacher runs/kept --model resnet18 --weights resnet18.pth --out runs/student --epochs 20"],
        [.. RecipeInput.Symbols, Teacher, Temperature, Weight, Out],
        Run);

    private static int Run(ParseResult parsed, Ui ui)
    {
        var (teacher, folder) = (parsed.GetValue(Teacher)!, new RunFolder(parsed.GetValue(Out)!));
        if (RealPath.IsWithin(folder.Path, teacher))
            throw new FineTuneException($"--out '{folder.Path}' lies in the teacher's folder '{teacher}'; give a folder outside of it.");
        using var stop = new StopSignal();
        var session = ResultSession.Open(teacher);
        var settings = new List<string>
        {
            RecipeInput.Setting("data", session.Images.Find(new RunFolder(teacher), null)),
            RecipeInput.Setting("distill.teacher", teacher),
        };
        if (parsed.GetValue(Temperature) is { } t)
            settings.Add(FormattableString.Invariant($"distill.temperature={t}"));
        if (parsed.GetValue(Weight) is { } a)
            settings.Add(FormattableString.Invariant($"distill.weight={a}"));
        using (var experiment = TrainVerb.Begin(RecipeInput.Read(parsed, settings), folder, ui, stop.Token))
        {
            if (TrainVerb.Train(experiment, RecipeInput.NamesNone(parsed), ui, stop.Token) is not Exit.Done and var code)
                return code;
        }

        Compare(teacher, folder.Path, ui);
        return Exit.Done;
    }

    private static void Compare(string teacher, string student, Ui ui)
    {
        var own = new RunSession(student);
        var (split, samples) = own.Samples();
        var taught = ResultSession.Open(teacher);
        var (student1, teacher1) = (Said(own, own, samples), Said(taught, own, samples));
        ui.Notes([.. own.Notes, .. taught.Notes]);
        var (a, b) = (Score.Of(student1), Score.Of(teacher1));
        var (test, difference) = (McNemar.Of(student1, teacher1), PairedBootstrap.Of(student1, teacher1));
        var table = Ui.Table("on " + split, "top-1 (95%)", "nll", "ece");
        foreach (var (name, score) in new[] { ("student", a), ("teacher", b) })
            table.AddRow(Ui.Cell(name), Format.Rate(score.Top1, score.Top1Interval), Format.Number(score.Nll), Format.Number(score.Ece));
        ui.Result(table);
        ui.Result($"student - teacher  top-1 {Points(difference.Top1)}, p {Format.Number(test.PValue, "0.###")} (exact McNemar test)");
        ui.ResultJson(new JsonObject
        {
            ["student"] = Format.Json(a),
            ["teacher"] = Format.Json(b),
            ["split"] = split,
            ["p_value"] = test.PValue,
            ["top1_difference"] = new JsonArray(difference.Top1.Value, difference.Top1.Interval.Low, difference.Top1.Interval.High),
            ["nll_difference"] = new JsonArray(difference.Nll.Value, difference.Nll.Interval.Low, difference.Nll.Interval.High),
        });
    }

    private static string Points(Difference d) =>
        $"{Format.Number(100 * d.Value, "+0.0;-0.0;0.0")} points (95%: {Format.Number(100 * d.Interval.Low, "+0.0;-0.0;0.0")} to "
        + $"{Format.Number(100 * d.Interval.High, "+0.0;-0.0;0.0")})";

    private static Predictions Said(IResultSession session, RunSession images, IReadOnlyList<Data.Sample> samples)
    {
        using var model = session.OpenResult();
        return images.Predict(model, samples, session.Inference(null, null));
    }
}
