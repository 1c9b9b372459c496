using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Experiment;
using FineTune.Experiment.Ensembles;
using Spectre.Console;

namespace FineTune.Cli.Verbs;

/// <summary>finetune compare.</summary>
internal static class CompareVerb
{
    private static readonly Argument<string[]> Runs = new("runs") { Description = "Folders of runs", Arity = ArgumentArity.OneOrMore };

    public static Command Command() => CommonOptions.Verb(
        "compare",
        "Compares runs: the validation accuracy of each run's result, with its 95% interval, and of the ensemble of its snapshots.",
        ["finetune compare runs/a runs/b"],
        [Runs],
        Compare);

    private static int Compare(ParseResult parsed, Ui ui)
    {
        var table = Ui.Table("run", "weights", "trainable", "epochs", "top-1 (95%)", "nll", "of epoch", "last epoch", "seconds");
        foreach (var run in parsed.GetValue(Runs)!)
        {
            var s = RunSummary.Read(run);
            Row(table, run, s, Format.Rate(s.Top1, s.Interval), s.Nll, FormattableString.Invariant($"{s.Epoch} ({s.Recipe.ResultWeights})"), Format.Percent(s.Last));
            ui.ResultJson(new JsonObject { ["run"] = run, ["top1"] = s.Top1, ["nll"] = s.Nll, ["weights"] = s.Recipe.ResultWeights, ["epoch"] = s.Epoch, ["last_top1"] = s.Last, ["n"] = s.Images, ["epochs"] = s.Epochs, ["seconds"] = s.Seconds });
            if (new Train.RunFolder(run).Snapshots.Count == 0)
                continue;
            using var session = new EnsembleSession(new EnsembleRequest { Runs = [run] });
            var ensemble = session.Evaluate();
            ui.Notes(session.Notes);
            Row(table, $"{run}: ensemble of {ensemble.Rows.Count}", s, Format.Top1(ensemble.Ensemble), ensemble.Ensemble.Nll, string.Empty, string.Empty);
            ui.ResultJson(new JsonObject { ["run"] = run, ["ensemble"] = Format.Json(ensemble.Ensemble), ["members"] = ensemble.Rows.Count });
        }

        ui.Result(table);
        return Exit.Done;
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
}
