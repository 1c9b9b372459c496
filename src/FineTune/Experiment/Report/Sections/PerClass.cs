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
        var (accuracy, f1) = (100 * report.Confusion.BalancedAccuracy, report.Confusion.MacroF1);
        var auroc = report.Auroc is { } mean ? Html.Text($", AUROC {mean:0.000}") : string.Empty;
        return new Section(
            "classes",
            "Classes",
            Html.Table("classes", ["class", "images", "precision", "recall", "F1", "accuracy", "95% interval", "AUROC"], rows),
            "The accuracy of a class is its recall: how many of its images were recognised, with the exact 95% interval. "
            + Html.Text($"Mean over the classes: accuracy {accuracy:0.0}%, F1 {f1:0.000}{auroc}."));
    }

    private static string[] Cells(ClassMetrics c)
    {
        var interval = c.N == 0 ? "no images" : Range(BinomialInterval.OfRate(c.Recall, c.N));
        var meter = Html.Text($"<span class=\"meter\" aria-hidden=\"true\"><i style=\"width:{100 * c.Recall:0}%\"></i></span>");
        return
        [
            Html.Name(c.Class),
            Html.Text($"{c.N}"),
            Html.Text($"{c.Precision:0.000}"),
            Html.Text($"{c.Recall:0.000}"),
            Html.Text($"{c.F1:0.000}"),
            Html.Text($"{meter}{100 * c.Recall:0.0}%"),
            interval,
            c.Auroc is { } auroc ? Html.Text($"{auroc:0.000}") : "–",
        ];
    }

    private static string Range(Interval interval) => Html.Text($"{100 * interval.Low:0.0} to {100 * interval.High:0.0}%");
}
