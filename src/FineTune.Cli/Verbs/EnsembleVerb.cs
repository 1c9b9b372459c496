using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Distributed;
using FineTune.Ensemble;
using FineTune.Experiment.Ensembles;
using FineTune.Experiment.Report;
using Spectre.Console;

namespace FineTune.Cli.Verbs;

/// <summary>finetune ensemble.</summary>
internal static class EnsembleVerb
{
    private const string Snapshots = "snapshots", Results = "results";

    private static readonly Option<string[]> Run = new("--run")
    {
        Description = "Folder of a run; may be given several times. The first one's images are measured",
        Required = true,
    };

    private static readonly Option<string[]> Weights = new("--weights")
    {
        Description = "A further member: a weights file, or MODEL=FILE; may be given several times",
        HelpName = "[MODEL=]FILE",
    };

    private static readonly Option<string?> Of = new Option<string?>("--of")
    {
        Description = "What runs contribute: snapshots (default with one run and nothing else), or results",
    }.AcceptOnlyFromAmong(Snapshots, Results);

    private static readonly Option<string> Members = new("--members")
    {
        Description = "Which of them: all, best:K (on validation) or last:K",
        DefaultValueFactory = _ => "all",
    };

    private static readonly Option<string> Method = new("--method")
    {
        Description = string.Join("; ", EnsembleSession.Methods.Select(m => $"{m.Name}: {m.Summary}")),
        DefaultValueFactory = _ => EnsembleSession.Methods[0].Name,
        HelpName = "METHOD",
    };

    private static readonly Option<string?> Tta = Options.Tta();
    private static readonly Option<int?> Passes = Options.MonteCarlo();
    private static readonly Option<string?> Data = Options.RunData();
    private static readonly Option<string?> Split = new("--split")
    {
        Description = "Split to evaluate on: val (default), test or train; choices are always made on val",
    };

    private static readonly Option<string?> Save = new("--save")
    {
        Description = "A new folder to keep the ensemble in; predict, eval and export take it as --run",
        HelpName = "FOLDER",
    };

    private static readonly Option<string?> Report = new("--report")
    {
        Description = "Compare with what else the cost could have bought, and write an HTML page of it to this file",
        HelpName = "FILE",
    };

    private static readonly Option<string[]> Against = new("--against")
    {
        Description = "With --report: a run to compare with, such as one trained as long without snapshots; may be given several times",
        HelpName = "RUN",
    };

    public static Command Command() => CommonOptions.Verb(
        "ensemble",
        "Tests whether an ensemble is better than its best single member: of a run's snapshots, of several runs, of weights files.",
        [
            "finetune ensemble --run runs/a --members last:3",
            "finetune ensemble --run runs/a --run runs/b --method weighted --tta flip --split test",
            "finetune ensemble --run runs/a --method soup --save runs/a-soup",
            "finetune ensemble --run runs/a --against runs/b --report ensemble.html",
        ],
        [Run, Weights, Of, Members, Method, Tta, Passes, Split, Data, Save, Report, Against, RankInput.Distributed],
        (parsed, ui) => RankInput.Joined(parsed, ui, (ranks, mine) => Evaluate(parsed, mine, ranks)));

    private static int Evaluate(ParseResult parsed, Ui ui, ICommunicator ranks)
    {
        var (page, against) = (parsed.GetValue(Report), parsed.GetValue(Against) ?? []);
        var place = ranks.Rank == 0 ? parsed.GetValue(Save) : null; // the first alone writes
        if (page is null && against.Length > 0)
            throw new UsageException("--against is for the page; give --report FILE too.");
        if (!EnsembleSession.Methods.Any(m => m.Name == parsed.GetValue(Method)))
        {
            throw new UsageException(
                Nearest.Unknown("method", parsed.GetValue(Method)!, EnsembleSession.Methods.Select(m => m.Name)).Message);
        }
        using var session = new EnsembleSession(new EnsembleRequest
        {
            Runs = parsed.GetValue(Run)!,
            Weights = parsed.GetValue(Weights) ?? [],
            Snapshots = parsed.GetValue(Of) is { } of ? of == Snapshots : null,
            Selection = MemberSelection.Parse(parsed.GetValue(Members)!),
            Method = parsed.GetValue(Method)!,
            Views = parsed.GetValue(Tta),
            Passes = parsed.GetValue(Passes),
            Against = against,
            Data = parsed.GetValue(Data),
            Ranks = ranks,
        });
        if (place is not null)
            session.Reserve(place);
        if (page is not null && ranks.Rank == 0)
            Html.CheckPlace(page); // after the folder, where it may lie
        var report = ui.Bar(
            "images",
            100,
            tell => session.Evaluate(parsed.GetValue(Split), new Relay<(int Done, int Total)>(p => tell(100 * p.Done / p.Total))));
        if (place is not null)
            session.Save(place);
        var comparison = page is null ? null : session.Compare(report);
        ui.Notes(session.Notes);
        var json = Json(report, session, parsed);
        if (comparison is not null)
        {
            json["methods"] = new JsonArray([.. comparison.Rows.Select(r => (JsonNode?)Json(r))]);
            json["independent_calibrated_nll"] = new JsonArray([.. comparison.Independent.Select(v => (JsonNode?)v)]);
            if (ranks.Rank == 0)
                EnsemblePage.Write(page!, report, comparison, session.Notes);
        }

        ui.ResultJson(json);
        Show(report, session, ui);
        if (comparison is not null)
            Show(comparison, ui);
        if (page is not null)
            ui.Result($"report       {page}");
        if (place is not null)
            ui.Result($"saved        {place}: {Shell.Line("predict", "--run", place, "IMAGE")}");
        return Exit.Done;
    }

    private static void Show(EnsembleReport report, EnsembleSession session, Ui ui)
    {
        var table = Ui.Table("member", "weight", "top-1 alone", "nll alone", "top-1 of ensemble so far", "nll of ensemble so far");
        foreach (var row in report.Rows)
        {
            table.AddRow(
                Ui.Cell(row.Name),
                Format.Number(row.Weight, "0.00"),
                Format.Top1(row.Alone),
                Format.Number(row.Alone.Nll),
                row.Growing is { } growing ? Format.Top1(growing) : string.Empty,
                row.Growing is { } g ? Format.Number(g.Nll) : string.Empty);
        }

        ui.Result(table);
        if (report.Diversity.Disagreement is { } differ)
            ui.Result($"diversity    two members predict other classes for {Format.Percent(differ)} of the images, on average");
        var (shared, stages) = session.Sharing;
        if (shared > 0)
            ui.Result($"shared       {shared} of {stages} stages are the same in all members, and are computed once");
        ui.Result($"best single  {report.BestSingle} (chosen on {report.ChosenOn}): {Format.Top1(report.Single)}, "
            + $"nll {Format.Number(report.Single.Nll)}");
        ui.Result($"ensemble     {report.Method} of {report.Rows.Count} members: {Format.Top1(report.Ensemble)}, "
            + $"nll {Format.Number(report.Ensemble.Nll)}, on {report.Ensemble.N} {report.Split} images");
        var (ensemble, single) = (report.OnlyEnsembleRight, report.OnlySingleRight);
        ui.Result($"difference   only the ensemble is right: {Format.Plural(ensemble, "image")}; "
            + $"only the best single: {Format.Plural(single, "image")}");
        ui.Result($"p-value      {Format.Number(report.PValue, "0.###")} (exact McNemar test){NotSignificant(report.PValue)}");
        if (report.Result is { Score: var own, Difference: var pairs } result)
        {
            var chosen = result.IsChosenHere ? ", its epoch chosen on these images" : string.Empty;
            ui.Result($"run's result {Format.Top1(own)}, nll {Format.Number(own.Nll)}{chosen}; only the ensemble is right: "
                + $"{Format.Plural(pairs.OnlySecond, "image")}; only this: {Format.Plural(pairs.OnlyFirst, "image")}; "
                + $"p-value {Format.Number(pairs.PValue, "0.###")}{NotSignificant(pairs.PValue)}");
        }

        ui.Result($"better?      {report.Verdict}");
    }

    private static void Show(MethodComparison comparison, Ui ui)
    {
        var table = Ui.Table("method", "top-1", "nll", "calibrated nll", "training s", "inference s", "looks", "p (Holm)");
        foreach (var row in comparison.Rows)
        {
            table.AddRow(
                Ui.Cell(row.Name),
                Format.Percent(row.Score.Top1),
                Format.Number(row.Score.Nll),
                Format.Number(row.Calibrated.Nll),
                row.TrainingSeconds is { } t ? Format.Number(t, "0.0") : "not known",
                Format.Number(row.InferenceSeconds, "0.00"),
                Format.Count(row.Looks),
                row.AdjustedP is { } p ? Format.Number(p, "0.000") : string.Empty);
        }

        ui.Result(table);
        ui.Result("calibrated nll: with a fitted temperature (docs/ensembles.md); looks: passes of a network over each image");
    }

    private static JsonObject Json(MethodRow row)
    {
        var json = Format.Json(row.Score);
        json["name"] = row.Name;
        json["calibrated_nll"] = row.Calibrated.Nll;
        json["training_seconds"] = row.TrainingSeconds;
        json["inference_seconds"] = row.InferenceSeconds;
        json["looks"] = row.Looks;
        json["p_holm"] = row.AdjustedP;
        json["top1_difference"] = row.Difference is { } d ? new JsonArray(d.Top1.Value, d.Top1.Interval.Low, d.Top1.Interval.High) : null;
        json["nll_difference"] = row.Difference is { } n ? new JsonArray(n.Nll.Value, n.Nll.Interval.Low, n.Nll.Interval.High) : null;
        json["equivalent_models"] = row.Equivalent;
        return json;
    }

    private static string NotSignificant(double p) => p > 0.05 ? ": the difference is within what chance alone gives" : string.Empty;

    private static JsonObject Json(EnsembleReport report, EnsembleSession session, ParseResult parsed)
    {
        var json = Format.Json(report.Ensemble);
        json["method"] = report.Method;
        json["split"] = report.Split;
        json["chosen_on"] = report.ChosenOn;
        if (parsed.GetValue(Tta) is { } views)
            json["tta"] = views;
        if (parsed.GetValue(Passes) is { } passes)
            json["mc"] = passes;
        json["shared_stages"] = session.Sharing.Shared;
        json["members"] = new JsonArray([.. report.Rows.Select(r => (JsonNode?)new JsonObject
        {
            ["name"] = r.Name,
            ["weight"] = r.Weight,
            ["alone"] = Format.Json(r.Alone),
            ["growing"] = r.Growing is { } growing ? Format.Json(growing) : null,
        })]);
        json["disagreement"] = new JsonArray(
            [.. report.Disagreement.Select(row => (JsonNode?)new JsonArray([.. row.Select(d => (JsonNode?)d)]))]);
        json["mutual_information"] = report.Diversity.MutualInformation;
        json["best_single"] = new JsonObject { ["name"] = report.BestSingle, ["score"] = Format.Json(report.Single) };
        if (report.Result is { } own)
        {
            json["run_result"] = Format.Json(own.Score);
            json["run_result"]!["p_value"] = own.Difference.PValue;
        }
        json["notes"] = Format.Json(session.Notes);
        json["p_value"] = report.PValue;
        json["verdict"] = report.Verdict;
        if (parsed.GetValue(Save) is { } folder)
            json["saved"] = folder;
        return json;
    }
}
