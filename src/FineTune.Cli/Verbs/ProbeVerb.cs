using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Distributed;
using FineTune.Evaluate;
using FineTune.Experiment;
using FineTune.Images;
using FineTune.Models;
using FineTune.Train;
using FineTune.Weights;
using Spectre.Console;

namespace FineTune.Cli.Verbs;

/// <summary>finetune probe.</summary>
internal static class ProbeVerb
{
    private static readonly Option<string?> Data = new("--data") { Description = "A folder with one subfolder per class", Required = true };
    private static readonly Option<string[]> Weights = new("--weights")
    {
        Description = $"Weights files ({string.Join(", ", WeightFile.Endings)}) or names from `finetune list weights`; "
            + "MODEL=FILE if a file does not name its model",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<string?> Head = new Option<string?>("--head")
    {
        Description = "ridge (default): least squares, penalty chosen by leave-one-out; logistic: L-BFGS to convergence, "
            + "penalty chosen by 5-fold cross-validation",
        HelpName = "ridge|logistic",
    }.AcceptOnlyFromAmong([.. Probe.Heads]);
    private static readonly Option<string?> Precision = Options.Precision("default: float32");
    private static readonly Option<string?> Layout = Options.Layout("default: auto");
    private static readonly Option<string?> BadFile = Options.OnBadFile();
    private static readonly Option<bool> AllowDuplicates = Options.AllowDuplicates();
    private static readonly Option<long?> MaxPixels = Options.MaxPixels();

    public static Command Command() => CommonOptions.Verb(
        "probe",
        "Compares pretrained models on a folder of images: fits a linear classifier on the frozen features of each, in seconds.",
        ["finetune probe --data photos --weights attic mobilenet_v1_025=mobilenet.pth.tar"],
        [Data, Weights, Head, Precision, Layout, BadFile, MaxPixels, AllowDuplicates, RankInput.Distributed],
        (parsed, ui) => RankInput.Joined(parsed, ui, (ranks, mine) => Run(parsed, mine, ranks)));

    private static int Run(ParseResult parsed, Ui ui, ICommunicator ranks)
    {
        using var stop = new StopSignal();
        var recipe = new Recipe
        {
            Data = parsed.GetValue(Data)!,
            OnBadFile = Options.BadFile(parsed.GetValue(BadFile)),
            AllowDuplicates = parsed.GetValue(AllowDuplicates),
            MaxPixels = ImageLimits.OfPixels(parsed.GetValue(MaxPixels)).MaxPixels,
            Precision = parsed.GetValue(Precision) ?? Numerics.Default.PrecisionName,
            Layout = parsed.GetValue(Layout) ?? Numerics.Auto,
        };
        var probe = ui.ReadingImages(progress => new Probe(recipe, progress, ranks, stop.Token));
        ui.Notes(probe.Notes);
        var head = parsed.GetValue(Head) ?? Probe.Heads[0];
        var rows = new List<ProbeRow>();
        foreach (var entry in parsed.GetValue(Weights)!)
        {
            stop.Token.ThrowIfCancellationRequested();
            var (model, weights) = Entry(entry);
            rows.Add(probe.Run(model, weights, head));
        }

        var table = Ui.Table("model", "weights", "top-1 (95%)", "images", CrossTitle(head), "features", "penalty", "seconds");
        foreach (var row in rows.OrderByDescending(r => Score.Of(r.Predictions).Top1))
            Tell(row, table, ui);
        ui.Result(table);
        return Exit.Done;
    }

    private static void Tell(ProbeRow row, Table table, Ui ui)
    {
        ui.Notes(row.Notes);
        var score = Score.Of(row.Predictions);
        ui.ResultJson(new JsonObject
        {
            ["model"] = row.Model,
            ["weights"] = row.Weights,
            ["features"] = row.Features,
            ["penalty"] = row.Penalty,
            ["cross_top1"] = row.CrossTop1,
            ["split"] = row.Split,
            ["top1"] = score.Top1,
            ["images"] = score.N,
            ["seconds"] = row.Seconds,
        });
        table.AddRow(Ui.Cell(row.Model), Ui.Cell(row.Weights), Format.Top1(score), $"{score.N} {row.Split}", Format.Percent(row.CrossTop1),
            Format.Count(row.Features), Format.Number(row.Penalty, "0.##e+0"), Format.Number(row.Seconds, "0.0"));
    }

    private static string CrossTitle(string head) => head == "logistic" ? "5-fold top-1" : "leave-one-out top-1";

    /// <summary>MODEL=FILE, or what says its model by itself.</summary>
    private static (string? Model, string Weights) Entry(string entry)
    {
        var equals = entry.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && Zoo.Models.Any(m => m.Name == entry[..equals]) ? (entry[..equals], entry[(equals + 1)..]) : (null, entry);
    }
}
