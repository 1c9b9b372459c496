using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Ensemble;
using FineTune.Experiment;
using Spectre.Console;

namespace FineTune.Cli.Verbs;

/// <summary>finetune ensemble.</summary>
internal static class EnsembleVerb
{
    private static readonly Option<string> Run = new("--run") { Description = "Folder of a run with snapshots", Required = true };
    private static readonly Option<string> Members = new("--members") { Description = "Snapshots: all, best:K or last:K", DefaultValueFactory = _ => "all" };
    private static readonly Option<string> Method = new("--method") { Description = "average: the mean of the members' probabilities", DefaultValueFactory = _ => "average" };
    private static readonly Option<string?> Data = Options.RunData();
    private static readonly Option<string?> Split = new("--split") { Description = "Split to evaluate on: val (default), test or train; members are always chosen on val" };

    public static Command Command() => CommonOptions.Verb(
        "ensemble",
        "Tests whether the ensemble of a run's snapshots is better than its best single snapshot.",
        ["finetune ensemble --run runs/a --members last:3"],
        [Run, Members, Method, Split, Data],
        Evaluate);

    private static int Evaluate(ParseResult parsed, Ui ui)
    {
        if (parsed.GetValue(Method) is not "average")
            throw new UsageException(Nearest.Unknown("method", parsed.GetValue(Method)!, ["average"]).Message);
        var session = new RunSession(parsed.GetValue(Run)!, data: parsed.GetValue(Data));
        var selection = MemberSelection.Parse(parsed.GetValue(Members)!);
        var report = ui.Bar("members", session.Folder.Snapshots.Count, tell => session.Ensemble(selection, parsed.GetValue(Split), new Relay<(int Done, int Total)>(p => tell(p.Done))));
        ui.Notes(session.Notes);
        ui.ResultJson(Json(report, session.Notes));
        var table = Ui.Table("member", "top-1 alone", "nll alone", "top-1 of ensemble so far", "nll of ensemble so far");
        foreach (var row in report.Rows)
            table.AddRow(Ui.Cell(row.Name), Format.Top1(row.Alone), Format.Number(row.Alone.Nll), Format.Top1(row.Growing), Format.Number(row.Growing.Nll));
        ui.Result(table);
        ui.Result($"best single  {report.BestSingle} (chosen on {report.ChosenOn}): {Format.Top1(report.Single)}, nll {Format.Number(report.Single.Nll)}");
        ui.Result($"ensemble     {report.Rows.Count} members: {Format.Top1(report.Ensemble)}, nll {Format.Number(report.Ensemble.Nll)}, on {report.Ensemble.N} {report.Split} images");
        var (ensemble, single) = (report.OnlyEnsembleRight, report.OnlySingleRight);
        ui.Result($"difference   only the ensemble is right: {ensemble} images; only the best single: {single} images");
        ui.Result($"p-value      {Format.Number(report.PValue, "0.###")} (exact McNemar test){NotSignificant(report.PValue)}");
        return Exit.Done;
    }

    private static string NotSignificant(double p) => p > 0.05 ? ": the difference is within what chance alone gives" : string.Empty;

    private static JsonObject Json(EnsembleReport report, IReadOnlyList<string> notes)
    {
        var json = Format.Json(report.Ensemble);
        json["method"] = report.Method;
        json["split"] = report.Split;
        json["chosen_on"] = report.ChosenOn;
        json["members"] = new JsonArray([.. report.Rows.Select(r => (JsonNode?)new JsonObject { ["name"] = r.Name, ["alone"] = Format.Json(r.Alone), ["growing"] = Format.Json(r.Growing) })]);
        json["best_single"] = new JsonObject { ["name"] = report.BestSingle, ["score"] = Format.Json(report.Single) };
        json["notes"] = Format.Json(notes);
        json["p_value"] = report.PValue;
        return json;
    }
}
