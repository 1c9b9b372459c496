using System.Globalization;
using System.Text;
using FineTune.Ensemble;
using FineTune.Evaluate.Statistics;
using FineTune.Experiment.Ensembles;

namespace FineTune.Experiment.Report;

/// <summary>Whether an ensemble is better, on one page that stands alone.</summary>
public static class EnsemblePage
{
    private static readonly string[] MethodColumns =
    [
        "method", "accuracy (95%)", "minus single, points (95%)", "p (Holm)", "NLL", "calibrated NLL", "ECE", "training, s",
        "inference, s", "looks", "worth models",
    ];

    /// <summary>Writes the page.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="report">The ensemble.</param>
    /// <param name="comparison">What it is compared with.</param>
    /// <param name="notes">What is to be known, a sentence each.</param>
    /// <exception cref="FineTuneException">The file cannot be written.</exception>
    public static void Write(string file, EnsembleReport report, MethodComparison comparison, IReadOnlyList<string> notes)
    {
        var title = Html.Text($"Ensemble of {report.Rows.Count}: {report.Method}");
        var body = new StringBuilder(
            $"<header><h1>{Html.Escape(title)}</h1><p class=\"break\">{Html.Escape(Verdict(report))}</p></header>");
        foreach (var note in notes)
            body.Append($"<p class=\"warn break\">{Html.Escape(Printable.Of(note))}</p>");
        body.Append(Html.Sections([Members(report), Cost(report, comparison), Disagreement(report)]));
        body.Append("<footer><p>This page loads nothing from elsewhere and runs no script.</p></footer>");
        AtomicFile.WriteText(file, Html.Page(title, body.ToString()));
    }

    /// <summary>The answer, in a sentence or two.</summary>
    public static string Verdict(EnsembleReport report)
    {
        var gain = 100 * (report.Ensemble.Top1 - report.Single.Top1);
        var difference = Html.Text($"The ensemble has {100 * report.Ensemble.Top1:0.0}% on {report.Ensemble.N} {report.Split} images, ")
            + Html.Text($"the best single member {100 * report.Single.Top1:0.0}%: {gain:+0.0;-0.0;0.0} points, ")
            + Html.Text($"p {report.PValue:0.000} (exact McNemar test). ");
        var told = report.PValue <= 1 - BinomialInterval.Level
            ? "Chance alone seldom gives such a difference."
            : "The difference is within what chance alone gives.";
        var chosen = report.Split == report.ChosenOn
            ? $" The best single member was chosen on these {report.Split} images, so its accuracy is optimistic."
            : string.Empty;
        var own = report.Result is { Score: var score, Difference: var differ }
            ? Html.Text($" The run's own result has {100 * score.Top1:0.0}%, p {differ.PValue:0.000} against the ensemble.")
            : string.Empty;
        return $"{difference}{told}{chosen}{own} Better? {char.ToUpperInvariant(report.Verdict[0])}{report.Verdict[1..]}.";
    }

    private static Section Members(EnsembleReport report)
    {
        string[] head = ["member", "weight", "accuracy alone (95%)", "NLL alone", "accuracy of ensemble so far", "NLL of ensemble so far"];
        var rows = report.Rows.Select(r => new[]
        {
            Html.Escape(Printable.Of(ShortText.Of(r.Name))),
            Html.Text($"{r.Weight:0.00}"),
            Rate(r.Alone.Top1, r.Alone.Top1Interval),
            Html.Text($"{r.Alone.Nll:0.000}"),
            r.Growing is { } g ? Html.Text($"{100 * g.Top1:0.0}%") : string.Empty,
            r.Growing is { } n ? Html.Text($"{n.Nll:0.000}") : string.Empty,
        });
        var curves = Svg.Lines("accuracy, %", "members", [Alone(r => 100 * r.Top1), Growing(r => 100 * r.Top1)])
            + Svg.Lines("NLL", "members", [Alone(r => r.Nll), Growing(r => r.Nll)]);
        return new Section(
            "members",
            "Members",
            $"<div class=\"charts\">{curves}</div>{Html.Table("members", head, rows)}",
            "Each member alone, and the ensemble of all up to it. One image is " + Html.Text($"{100.0 / report.Ensemble.N:0.00} points."));

        Curve Alone(Func<Evaluate.Score, double> of) => new("alone", 0, [.. report.Rows.Select((r, k) => (k + 1.0, of(r.Alone)))]);
        Curve Growing(Func<Evaluate.Score, double> of) =>
            new("ensemble", 1,
                [.. report.Rows.Index().Where(r => r.Item.Growing is not null).Select(r => (r.Index + 1.0, of(r.Item.Growing!)))]);
    }

    private static Section Cost(EnsembleReport report, MethodComparison comparison)
    {
        var rows = comparison.Rows.Select(r => new[]
        {
            Html.Escape(Printable.Of(ShortText.Of(r.Name))),
            Rate(r.Score.Top1, r.Score.Top1Interval),
            r.Difference is { } d ? Signed(d.Top1) : string.Empty,
            r.AdjustedP is { } p ? p < 0.0001 ? "&lt; 0.0001" : Html.Text($"{p:0.0000}") : string.Empty,
            Html.Text($"{r.Score.Nll:0.000}"),
            Html.Text($"{r.Calibrated.Nll:0.000}"),
            Html.Text($"{r.Score.Ece:0.000}"),
            r.TrainingSeconds is { } t ? Html.Text($"{t:0.0}") : "not known",
            Html.Text($"{r.InferenceSeconds:0.00}"),
            Html.Text($"{r.Looks}"),
            comparison.Independent.Count == 0
                ? string.Empty
                : r.Equivalent is { } e ? Html.Text($"{e:0.0}") : Html.Text($"more than {comparison.Independent.Count}"),
        });
        var growth = comparison.Independent.Count == 0 ? string.Empty : Svg.Lines(
            "calibrated NLL of independent runs", "runs",
            [new Curve("runs", 0, [.. comparison.Independent.Select((v, k) => (k + 1.0, v))])]);
        var equivalent = comparison.Independent.Count == 0
            ? "No independent runs were given (--against), so it is not told how many independent models a method is worth."
            : "Worth models: the number of independent runs whose ensemble has the same calibrated NLL (deep-ensemble equivalent).";
        return new Section(
            "cost",
            "What else the cost could have bought",
            Html.Table("methods", MethodColumns, rows)
            + (growth.Length > 0 ? $"<div class=\"charts\">{growth}<div></div></div>" : string.Empty),
            $"All on the same {report.Split} images; every choice was made on {report.ChosenOn}. "
            + "Calibrated NLL has a temperature fitted on validation, "
            + "cross-fitted where that is measured. Training seconds are of the runs that a method needs; "
            + "inference seconds of one pass over the images, decoded before. "
            + "A look is one network's pass over one view of an image. " + equivalent);
    }

    private static Section Disagreement(EnsembleReport report)
    {
        string[] head = ["member", .. report.Rows.Select(r => Html.Escape(Printable.Of(ShortText.Of(r.Name))))];
        var rows = report.Disagreement.Select((row, k) => row.Select(d => Html.Text($"{100 * d:0.0}%")).Prepend(head[k + 1]).ToArray());
        return new Section(
            "disagreement",
            "Disagreement",
            Html.Table("disagreement", head, rows),
            "The part of the images for which two members predict other classes. Members that never disagree add nothing to one another.");
    }

    private static string Rate(double rate, Interval interval) =>
        Html.Text($"{100 * rate:0.0}% ({100 * interval.Low:0.0} to {100 * interval.High:0.0})");

    private static string Signed(Difference difference)
    {
        static string Number(double value) => (100 * value).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
        return $"{Number(difference.Value)} ({Number(difference.Interval.Low)} to {Number(difference.Interval.High)})";
    }
}
