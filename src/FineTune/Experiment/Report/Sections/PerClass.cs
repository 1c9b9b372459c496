using FineTune.Evaluate.Metrics;
using FineTune.Evaluate.Statistics;

namespace FineTune.Experiment.Report.Sections;

/// <summary>How well each class is told from the others.</summary>
internal static class PerClass
{
    /// <summary>The section.</summary>
    public static Section Of(ReportFacts facts)
    {
        var report = ClassificationReport.Of(facts.Predictions);
        var rows = report.PerClass.Select(Cells);
        var lead = Html.Text($"The accuracy of a class is its recall: how many of its images were recognised, with the exact 95% interval. Mean over the classes: accuracy {100 * report.Confusion.BalancedAccuracy:0.0}%, F1 {report.Confusion.MacroF1:0.000}");
        return new Section(
            "classes",
            "Classes",
            Html.Table("classes", ["class", "images", "precision", "recall", "F1", "accuracy", "95% interval", "AUROC"], rows),
            $"{lead}{(report.Auroc is { } auroc ? Html.Text($", AUROC {auroc:0.000}") : string.Empty)}.");
    }

    private static string[] Cells(ClassMetrics c)
    {
        var interval = c.N == 0 ? "no images" : Range(BinomialInterval.OfRate(c.Recall, c.N));
        return
        [
            Html.Name(c.Class),
            Html.Text($"{c.N}"),
            Html.Text($"{c.Precision:0.000}"),
            Html.Text($"{c.Recall:0.000}"),
            Html.Text($"{c.F1:0.000}"),
            Html.Text($"<span class=\"meter\" aria-hidden=\"true\"><i style=\"width:{100 * c.Recall:0}%\"></i></span>{100 * c.Recall:0.0}%"),
            interval,
            c.Auroc is { } auroc ? Html.Text($"{auroc:0.000}") : "–",
        ];
    }

    private static string Range(Interval interval) => Html.Text($"{100 * interval.Low:0.0} to {100 * interval.High:0.0}%");
}
