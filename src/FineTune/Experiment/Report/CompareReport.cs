using System.Globalization;
using System.Text;
using FineTune.Evaluate.Statistics;
using FineTune.Experiment.Compare;
using FineTune.Experiment.Report.Sections;

namespace FineTune.Experiment.Report;

/// <summary>Several runs on one page that stands alone.</summary>
public static class CompareReport
{
    private static readonly string[] ResultColumns =
        ["run", "accuracy (95%)", "NLL", "images", "model", "weights", "trainable", "epochs", "of epoch", "seconds"];

    /// <summary>The cells that an ensemble's row leaves empty.</summary>
    private static readonly string[] Empty = [.. Enumerable.Repeat(string.Empty, ResultColumns.Length - 4)];

    private static readonly string[] TestColumns =
    [
        "runs", "images", "accuracy, points (95%)", "NLL (95%)", "ECE (95%)", "right: only the first : only the second", "p (McNemar)",
        "p (Holm)", "accuracy at 5%",
    ];

    /// <summary>Writes the page.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="comparison">The runs.</param>
    /// <exception cref="FineTuneException">The file cannot be written.</exception>
    public static void Write(string file, RunComparison comparison)
    {
        Section?[] all = [Results(comparison), Curves(comparison), Tests(comparison), Recipes(comparison)];
        var count = comparison.Runs.Count;
        var title = count == 1 ? "1 run" : Html.Text($"{count} runs compared");
        var body = new StringBuilder($"<header><h1>{title}</h1></header>");
        foreach (var note in comparison.Notes)
            body.Append($"<p class=\"warn break\">{Html.Escape(Printable.Of(note))}</p>");
        body.Append(Html.Sections([.. all.OfType<Section>()]));
        body.Append("<footer><p>This page loads nothing from elsewhere and runs no script.</p></footer>");
        AtomicFile.WriteText(file, Html.Page(title, body.ToString()));
    }

    private static Section Results(RunComparison comparison)
    {
        var rows = new List<string[]>();
        foreach (var (run, k) in comparison.Runs.Select((r, k) => (r, k)))
        {
            if (run.Summary is not { } s)
            {
                var saved = run.Score!;
                rows.Add([.. Scored(Name(comparison, k), saved), string.Empty, Html.Escape(run.Members!), .. Empty[2..]]);
                continue;
            }

            rows.Add(
            [
                .. Scored(Name(comparison, k), run.Score!),
                Html.Escape(Printable.Of(s.Recipe.Model)),
                Html.Escape(Printable.Of(s.Recipe.Weights is null ? "scratch" : Path.GetFileName(s.Recipe.Weights))),
                Html.Escape(s.Recipe.Trainable),
                Html.Text($"{s.Epochs}"),
                Html.Text($"{s.Epoch} ({s.Recipe.ResultWeights})"),
                Html.Text($"{s.Seconds:0.0}"),
            ]);
            if (run.Ensemble is not { } members)
                continue;
            var together = members.Ensemble;
            var score = new ComparedScore(together.Top1, together.Nll, together.N);
            rows.Add([.. Scored(Html.Text($"{k + 1}, ensemble of {members.Rows.Count} snapshots"), score), .. Empty]);
        }

        return new Section(
            "results",
            "Results",
            Html.Table("results", ResultColumns, rows),
            "Validation accuracy of each result. The best epoch, or the members of an ensemble, were chosen on these images, so the "
            + "accuracy is optimistic.");
    }

    private static string[] Scored(string name, ComparedScore score) =>
        [name, Rate(score.Top1, score.Interval), Html.Text($"{score.Nll:0.000}"), Html.Text($"{score.Images}")];

    private static Section? Curves(RunComparison comparison)
    {
        Curve[] Of(string key, double scale) =>
        [
            .. comparison.Runs.Select((r, k) => TrainingCurves.Of(r.Metrics, Plain(comparison, k), k % Palette.Count, key, scale))
                .Where((_, k) => comparison.Runs[k].Summary is not null),
        ];
        var accuracy = Of("val_top1", 100);
        var charts = Svg.Lines("validation accuracy, %", "epochs", accuracy, legend: false)
            + Svg.Lines("validation loss", "epochs", Of("val_nll", 1), legend: false)
            + Svg.Lines("training loss", "epochs", Of("train_loss", 1), legend: false);
        return charts.Length == 0 ? null : new Section("curves", "Training", $"<div class=\"charts\">{charts}</div>{Svg.Legend(accuracy)}");
    }

    private static Section? Tests(RunComparison comparison)
    {
        var tested = comparison.Pairs.Where(p => p.McNemar is not null).ToArray();
        if (tested.Length == 0)
            return null;
        var rows = tested.Select(p => new[]
        {
            Html.Text($"{p.First + 1} minus {p.Second + 1}"),
            Html.Text($"{p.Images}"),
            Signed(p.Bootstrap!.Top1, 100, "0.0"),
            Signed(p.Bootstrap.Nll, 1, "0.000"),
            Signed(p.Bootstrap.Ece, 1, "0.000"),
            Html.Text($"{p.McNemar!.OnlyFirst} : {p.McNemar.OnlySecond}"),
            P(p.McNemar.PValue),
            P(p.AdjustedP),
            p.AdjustedP < 1 - BinomialInterval.Level ? "<b>significant</b>" : "not significant",
        });
        return new Section(
            "tests",
            "Paired tests",
            Html.Table("paired tests", TestColumns, rows),
            "Each two runs, by the numbers above, on the validation images that both have, told by the hashes of their files. "
            + "Differences have 95% intervals by resampling the images (paired bootstrap), each for its pair alone. "
            + "McNemar's exact test asks whether both are right equally often; Holm's correction is for all pairs here. "
            + "A test knows of these images alone, not of other seeds.");
    }

    private static Section? Recipes(RunComparison comparison)
    {
        int[] runs = [.. Enumerable.Range(0, comparison.Runs.Count).Where(k => comparison.Runs[k].Summary is not null)];
        var keys = RecipeDifference.Across([.. runs.Select(k => comparison.Runs[k].Summary!.Recipe)]);
        if (keys.Count == 0)
            return null;
        string[] head = ["key", .. runs.Select(k => Name(comparison, k))];
        var rows = keys.Select(k => k.Values.Prepend(k.Key).Select(Code).ToArray());
        return new Section(
            "recipes",
            "Recipe differences",
            Html.Table("recipe differences", head, rows, "list words"),
            "Keys in which the recipes differ, everything resolved.");
    }

    private static string Code(string text) => text.Length == 0 ? "not set" : $"<code>{Html.Escape(Printable.Of(text))}</code>";

    private static string Name(RunComparison comparison, int run) => Html.Escape(Plain(comparison, run));

    private static string Plain(RunComparison comparison, int run) =>
        Html.Text($"{run + 1} {Printable.Of(ShortText.Of(comparison.Runs[run].Run))}");

    private static string P(double value) => value < 0.0001 ? "&lt; 0.0001" : Html.Text($"{value:0.0000}");

    private static string Rate(double rate, Interval interval) =>
        Html.Text($"{100 * rate:0.0}% ({100 * interval.Low:0.0} to {100 * interval.High:0.0})");

    private static string Signed(Difference difference, double scale, string format)
    {
        string Number(double value) => (scale * value).ToString($"+{format};-{format};{format}", CultureInfo.InvariantCulture);
        return $"{Number(difference.Value)} ({Number(difference.Interval.Low)} to {Number(difference.Interval.High)})";
    }
}
