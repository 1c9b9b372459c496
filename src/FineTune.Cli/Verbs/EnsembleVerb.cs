using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Ensemble;
using FineTune.Experiment.Ensembles;
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

    public static Command Command() => CommonOptions.Verb(
        "ensemble",
        "Tests whether an ensemble is better than its best single member: of a run's snapshots, of several runs, of weights files.",
        [
            "finetune ensemble --run runs/a --members last:3",
            "finetune ensemble --run runs/a --run runs/b --method weighted --tta flip --split test",
            "finetune ensemble --run runs/a --method soup --save runs/a-soup",
        ],
        [Run, Weights, Of, Members, Method, Tta, Passes, Split, Data, Save],
        Evaluate);

    private static int Evaluate(ParseResult parsed, Ui ui)
    {
        using var session = new EnsembleSession(new EnsembleRequest
        {
            Runs = parsed.GetValue(Run)!,
            Weights = parsed.GetValue(Weights) ?? [],
            Snapshots = parsed.GetValue(Of) is { } of ? of == Snapshots : null,
            Selection = MemberSelection.Parse(parsed.GetValue(Members)!),
            Method = parsed.GetValue(Method)!,
            Views = parsed.GetValue(Tta),
            Passes = parsed.GetValue(Passes),
            Data = parsed.GetValue(Data),
        });
        var report = ui.Bar("images", 100, tell => session.Evaluate(parsed.GetValue(Split), new Relay<(int Done, int Total)>(p => tell(100 * p.Done / p.Total))));
        if (parsed.GetValue(Save) is { } folder)
            session.Save(folder);
        ui.Notes(session.Notes);
        ui.ResultJson(Json(report, session, parsed));
        Show(report, session, ui);
        if (parsed.GetValue(Save) is { } saved)
            ui.Result($"saved        {saved}: finetune predict --run {saved} IMAGE");
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
        var (shared, stages) = session.Sharing;
        if (shared > 0)
            ui.Result($"shared       {shared} of {stages} stages are the same in all members, and are computed once");
        ui.Result($"best single  {report.BestSingle} (chosen on {report.ChosenOn}): {Format.Top1(report.Single)}, nll {Format.Number(report.Single.Nll)}");
        ui.Result($"ensemble     {report.Method} of {report.Rows.Count} members: {Format.Top1(report.Ensemble)}, nll {Format.Number(report.Ensemble.Nll)}, on {report.Ensemble.N} {report.Split} images");
        var (ensemble, single) = (report.OnlyEnsembleRight, report.OnlySingleRight);
        ui.Result($"difference   only the ensemble is right: {ensemble} images; only the best single: {single} images");
        ui.Result($"p-value      {Format.Number(report.PValue, "0.###")} (exact McNemar test){NotSignificant(report.PValue)}");
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
        json["disagreement"] = new JsonArray([.. report.Disagreement.Select(row => (JsonNode?)new JsonArray([.. row.Select(d => (JsonNode?)d)]))]);
        json["best_single"] = new JsonObject { ["name"] = report.BestSingle, ["score"] = Format.Json(report.Single) };
        json["notes"] = Format.Json(session.Notes);
        json["p_value"] = report.PValue;
        if (parsed.GetValue(Save) is { } folder)
            json["saved"] = folder;
        return json;
    }
}
