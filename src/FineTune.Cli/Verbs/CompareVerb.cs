using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Evaluate.Statistics;
using FineTune.Experiment;
using FineTune.Experiment.Compare;
using FineTune.Experiment.Report;
using Spectre.Console;

namespace FineTune.Cli.Verbs;

/// <summary>finetune compare.</summary>
internal static class CompareVerb
{
    private static readonly Argument<string[]> Runs = new("runs")
    {
        Description = "Folders of runs or saved ensembles",
        Arity = ArgumentArity.OneOrMore,
    };
    private static readonly string[] PairColumns =
    [
        "A minus B", "images", "top-1, points (95%)", "nll (95%)", "ece (95%)", "right: only A : only B", "p (McNemar)", "p (Holm)",
    ];

    private static readonly Option<string?> Data = Options.RunData();

    private static readonly Option<string?> Report = new("--report") { Description = "Write an HTML page of the comparison to this file" };

    public static Command Command() => CommonOptions.Verb(
        "compare",
        "Compares runs and saved ensembles: the validation accuracy of each result with its 95% interval, the ensemble of a run's "
        + "snapshots, and paired tests of each two.",
        ["finetune compare runs/a runs/b", "finetune compare runs/a runs/b runs/five --report compare.html"],
        [Runs, Report, Data],
        Compare);

    private static int Compare(ParseResult parsed, Ui ui)
    {
        var runs = parsed.GetValue(Runs)!;
        if (parsed.GetValue(Report) is { } page)
            Html.CheckPlace(page);
        var comparison = ui.Bar("reading runs", runs.Length, report => RunComparison.Of(
            runs, parsed.GetValue(Data), new Relay<int>(done => report(done))));
        ui.Notes(comparison.Notes);
        var table = Ui.Table("run", "weights", "trainable", "epochs", "top-1 (95%)", "nll", "of epoch", "last epoch", "seconds");
        foreach (var run in comparison.Runs)
            Add(table, run, ui);
        ui.Result(table);
        if (comparison.Pairs.Count > 0)
            AddPairs(comparison, ui);
        if (parsed.GetValue(Report) is { } file)
        {
            CompareReport.Write(file, comparison);
            ui.Result($"report      {file}");
        }

        return Exit.Done;
    }

    private static void Add(Table table, ComparedRun run, Ui ui)
    {
        if (run.Summary is not { } s)
        {
            AddSaved(table, run, ui);
            return;
        }

        var epoch = FormattableString.Invariant($"{s.Epoch} ({s.Recipe.ResultWeights})");
        Row(table, run.Run, s, Format.Rate(s.Top1, s.Interval), s.Nll, epoch, Format.Percent(s.Last));
        ui.ResultJson(new JsonObject
        {
            ["run"] = run.Run,
            ["top1"] = s.Top1,
            ["nll"] = s.Nll,
            ["weights"] = s.Recipe.ResultWeights,
            ["epoch"] = s.Epoch,
            ["last_top1"] = s.Last,
            ["n"] = s.Images,
            ["epochs"] = s.Epochs,
            ["seconds"] = s.Seconds,
        });
        if (run.Ensemble is not { } ensemble)
            return;
        var (score, members) = (ensemble.Ensemble, ensemble.Rows.Count);
        Row(table, $"{run.Run}: ensemble of {members}", s, Format.Top1(score), score.Nll, string.Empty, string.Empty);
        ui.ResultJson(new JsonObject { ["run"] = run.Run, ["ensemble"] = Format.Json(score), ["members"] = members });
    }

    private static void AddSaved(Table table, ComparedRun saved, Ui ui)
    {
        var (name, score) = (saved.Members!, saved.Score!);
        table.AddRow(Ui.Cell(saved.Run), Ui.Cell(name), string.Empty, string.Empty,
            Format.Rate(score.Top1, score.Interval), Format.Number(score.Nll));
        ui.ResultJson(new JsonObject
        {
            ["run"] = saved.Run,
            ["top1"] = score.Top1,
            ["nll"] = score.Nll,
            ["weights"] = name,
            ["n"] = score.Images,
        });
    }

    private static void Row(Table table, string name, RunSummary s, string top1, double nll, string epoch, string last) => table.AddRow(
        Ui.Cell(name),
        Ui.Cell(s.Recipe.Weights is null ? "scratch" : Path.GetFileName(s.Recipe.Weights)),
        Ui.Cell(s.Recipe.Trainable),
        s.Epochs.ToString(System.Globalization.CultureInfo.InvariantCulture),
        top1,
        Format.Number(nll),
        epoch,
        last,
        Format.Number(s.Seconds, "0.0"));

    /// <summary>Each two runs on the images that both have.</summary>
    private static void AddPairs(RunComparison comparison, Ui ui)
    {
        var table = Ui.Table(PairColumns);
        foreach (var pair in comparison.Pairs)
        {
            var (first, second) = (comparison.Runs[pair.First].Run, comparison.Runs[pair.Second].Run);
            ui.ResultJson(Json(first, second, pair));
            if (pair.Bootstrap is not { } differences)
                continue;
            table.AddRow(
                Ui.Cell($"{first} minus {second}"),
                Format.Count(pair.Images),
                Signed(differences.Top1, 100, "0.0"),
                Signed(differences.Nll, 1, "0.000"),
                Signed(differences.Ece, 1, "0.000"),
                $"{pair.McNemar!.OnlyFirst} : {pair.McNemar.OnlySecond}",
                P(pair.McNemar.PValue),
                P(pair.AdjustedP));
        }

        if (table.Rows.Count > 0)
            ui.Result(table);
    }

    private static string P(double value) => value < 0.0001 ? "< 0.0001" : Format.Number(value, "0.0000");

    private static JsonObject Json(string first, string second, PairedRuns pair)
    {
        var json = new JsonObject { ["paired"] = new JsonArray(first, second), ["n"] = pair.Images };
        if (pair.Bootstrap is not { } differences)
        {
            json["why_not"] = pair.NotCompared;
            return json;
        }

        json["only_first"] = pair.McNemar!.OnlyFirst;
        json["only_second"] = pair.McNemar.OnlySecond;
        json["p_mcnemar"] = pair.McNemar.PValue;
        json["p_holm"] = pair.AdjustedP;
        json["top1_difference"] = Json(differences.Top1);
        json["nll_difference"] = Json(differences.Nll);
        json["ece_difference"] = Json(differences.Ece);
        return json;
    }

    private static JsonObject Json(Difference difference) => new()
    {
        ["value"] = difference.Value,
        ["low"] = difference.Interval.Low,
        ["high"] = difference.Interval.High,
    };

    private static string Signed(Difference difference, double scale, string format)
    {
        string Number(double value) => Format.Number(scale * value, $"+{format};-{format};{format}");
        return $"{Number(difference.Value)} ({Number(difference.Interval.Low)} to {Number(difference.Interval.High)})";
    }
}
