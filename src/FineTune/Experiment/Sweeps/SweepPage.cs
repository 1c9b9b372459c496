using System.Globalization;
using System.Text;
using FineTune.Experiment.Report;
using FineTune.Experiment.Sweeps.Page;

namespace FineTune.Experiment.Sweeps;

/// <summary>A sweep on one page that stands alone.</summary>
internal static class SweepPage
{
    private const int Most = 200; // rows of the table
    private const string Css = ".faint { opacity: 0.25; stroke-width: 1.2 } .chart.wide { min-width: 640px } "
        + ".card:has(.wide) { width: 100% }";

    private static readonly string[] Columns =
        ["configuration", "accuracy (95%)", "NLL", "leader minus this (95%)", "p", "p (Holm)", "runs", "epochs", "seconds", "status"];

    /// <summary>Writes the page.</summary>
    /// <exception cref="FineTuneException">The file cannot be written.</exception>
    public static void Write(SweepFolder folder, SweepResults results, SweepProgress progress)
    {
        var table = SweepTable.Of(results, progress);
        Section?[] all = [Leaders(results), Effects(table), Coordinates(table), Cost(results, progress), Recipe(folder)];
        const string Title = "Sweep";
        var body = new StringBuilder($"<header><h1>{Title}</h1><p class=\"break\">{Html.Escape(Verdict(results))}</p></header>");
        foreach (var note in results.Notes.Append(results.WhyNoTest).OfType<string>())
            body.Append($"<p class=\"warn break\">{Html.Escape(Printable.Of(note))}</p>");
        body.Append(Html.Sections([.. all.OfType<Section>()]));
        body.Append("<footer><p>This page loads nothing from elsewhere and runs no script.</p></footer>");
        AtomicFile.WriteText(folder.Report, Html.Page(Title, body.ToString(), Css));
    }

    /// <summary>What was found, in a sentence or two.</summary>
    public static string Verdict(SweepResults results)
    {
        if (results.Leader is not { Top1: { } top1 } leader)
            return "No configuration has come to its end.";
        var open = results.Rows.Count(r => r.Status == ConfigurationStatus.Open);
        var all = open > 0 ? Html.Text($" {open} of {results.Rows.Count} configurations are not at their end yet.") : string.Empty;
        var settings = Name(leader);
        var chosen = results.Plan.ByTop1
            ? Html.Text($"The best on the validation images is {settings}, with {Rate(top1.Mean, top1.Interval)} right.")
            : Html.Text($"The best on the validation images is {settings}, with a negative log-likelihood of {leader.Nll:0.000}.");
        var optimistic = results switch
        {
            { Test: { } test } when test.Configuration == leader.Configuration =>
                Html.Text($" On {test.Images} test images, which were measured on once: ")
                    + $"{Rate(test.Accuracy.Mean, test.Accuracy.Interval)}.",
            { Test: null, WhyNoTest: null } =>
                " It was chosen on these images, so its accuracy is optimistic; there are no test images to measure it on.",
            _ => " It was chosen on these images, so its accuracy is optimistic.",
        };
        return chosen + (results.IsDone ? optimistic : string.Empty) + all;
    }

    private static Section Leaders(SweepResults results)
    {
        var rows = results.Rows.Take(Most).Select(r => new[]
        {
            $"<span class=\"break\">{Html.Escape(Printable.Of(Name(r)))}</span>",
            r.Top1 is { } t ? Rate(t.Mean, t.Interval) : string.Empty,
            r.Nll is { } nll ? Html.Text($"{nll:0.000}") : string.Empty,
            Behind(results, r),
            P(r.PValue),
            P(r.AdjustedP),
            Html.Text($"{r.Tasks.Count}"),
            Html.Text($"{r.Epochs}"),
            Html.Text($"{r.Seconds:0.0}"),
            r.Status switch
            {
                ConfigurationStatus.Finished => "finished",
                ConfigurationStatus.LeftBehind => "left behind by halving",
                ConfigurationStatus.Failed => $"<span class=\"break\">failed: {Html.Escape(Printable.Of(r.Failure!))}</span>",
                _ => "to be trained",
            },
        });
        var more = results.Rows.Count > Most
            ? Html.Text($" The best {Most} of {results.Rows.Count} are shown; results.json has all.")
            : string.Empty;
        return new Section("leaders", "Configurations", Html.Table("configurations", Columns, rows), Tests(results) + more);
    }

    private static string Tests(SweepResults results)
    {
        var runs = results.Rows[0].Tasks.Count;
        var how = (runs > 1, results.Plan.Folds > 0) switch
        {
            (false, _) => "Each has one run: its interval is that of its validation images, and p is of McNemar's exact test of the "
                + "accuracy, image by image. Neither knows of other seeds.",
            (true, false) => Html.Text($"Each is the mean of {runs} seeds, with the interval of their spread; p is of a paired t test, ")
                + "seed by seed.",
            _ => Html.Text($"Each is the mean of {runs} runs over {results.Plan.Folds} folds; intervals and the paired t test allow for ")
                + "folds that train on much the same images (Nadeau and Bengio 2003).",
        };
        return how + " Holm's correction is for all comparisons with the leader.";
    }

    private static Section? Effects(SweepTable table)
    {
        string[] keys = [.. table.Keys.Where(k => table.Values(k).Count > 1)];
        if (keys.Length == 0)
            return null;
        var by = EffectChart.By(table);
        var charts = keys.Select(k => EffectChart.Of(table, k, k == by ? null : by));
        return new Section(
            "effects",
            "What each key does",
            $"<div class=\"charts\">{string.Concat(charts)}</div>{(keys.Length > 1 ? EffectChart.Legend(table, by) : string.Empty)}",
            $"A dot is a configuration; a line joins the means of those with the same value.{table.When}");
    }

    private static Section? Coordinates(SweepTable table) =>
        ParallelCoordinates.Of(table) is { Length: > 0 } chart
            ? new Section("coordinates", "Configurations side by side", Html.Card("parallel coordinates", chart))
            : null;

    private static Section Cost(SweepResults results, SweepProgress progress)
    {
        var seconds = progress.States.Values.Sum(s => s.Seconds);
        var text = Html.Text($"{results.Epochs} epochs were trained in {progress.States.Values.Count(s => s.Epochs > 0)} runs, ")
            + Html.Text($"{seconds:0} seconds of training added up.");
        if (results.AllEpochs is { } all && all > 0)
        {
            text += Html.Text($" All {results.Plan.Tasks.Count} runs to their end would be {all} epochs: ")
                + Html.Text($"successive halving took {100.0 * results.Epochs / all:0.0}% of that.");
        }

        return new Section("cost", "Cost", $"<p>{Html.Escape(text)}</p>");
    }

    private static Section Recipe(SweepFolder folder) => new(
        "recipe",
        "The recipe that all begin from",
        Html.Card(
            "recipe",
            $"<pre>{string.Join('\n', RegularFile.Text(folder.Base).Split('\n').Select(l => Html.Escape(Printable.Of(l))))}</pre>"),
        "sweep.json beside this page has what each run sets over it.");

    private static string Name(ConfigurationRow row) => row.Settings.Count > 0 ? string.Join(", ", row.Settings) : "the recipe";

    private static string Behind(SweepResults results, ConfigurationRow row)
    {
        var interval = row.Behind?.Interval is { } i ? $" ({Signed(results, i.Low)} to {Signed(results, i.High)})" : string.Empty;
        return row.Behind is { } behind ? Signed(results, behind.Mean) + interval : string.Empty;
    }

    private static string P(double? value) => value switch
    {
        null => string.Empty,
        < 0.0001 => "&lt; 0.0001",
        _ => Html.Text($"{value:0.0000}"),
    };

    private static string Rate(double rate, Interval? interval) =>
        Html.Text($"{100 * rate:0.0}%") + (interval is { } i ? Html.Text($" ({100 * i.Low:0.0} to {100 * i.High:0.0})") : string.Empty);

    private static string Signed(SweepResults results, double value) => results.Plan.ByTop1
        ? (100 * value).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture)
        : value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);
}
