using FineTune.Evaluate;
using FineTune.Evaluate.Metrics;

namespace FineTune.Tests.Evaluate.Metrics;

/// <summary>Against scikit-learn, and NumPy for what it lacks; the cases are of scripts/goldens/metrics.py.</summary>
public sealed class ClassificationReportTests
{
    private const double Tolerance = 1e-9;

    public static TheoryData<string> Cases => new(MetricCase.Names);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_metric_is_scikit_learns_or_the_papers(string name)
    {
        var (predictions, expected) = MetricCase.Of(name);
        var report = ClassificationReport.Of(predictions);
        var actual = new Dictionary<string, double?>
        {
            ["top1"] = report.Score.Top1,
            ["top2"] = Score.TopK(predictions, 2),
            ["top5"] = report.Score.Top5,
            ["nll"] = report.Score.Nll,
            ["ece"] = report.Score.Ece,
            ["adaptive_ece"] = report.AdaptiveEce,
            ["balanced_accuracy"] = report.Confusion.BalancedAccuracy,
            ["macro_f1"] = report.Confusion.MacroF1,
            ["weighted_f1"] = report.Confusion.WeightedF1,
            ["brier"] = report.Brier,
            ["auroc"] = report.Auroc,
            ["average_precision"] = report.AveragePrecision,
            ["aurc"] = report.RiskCoverage.Aurc,
            ["kappa"] = report.Confusion.Kappa,
        };
        foreach (var (metric, value) in actual)
            ShouldBe(value, MetricCase.Number(expected, metric), metric);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_class_is_measured_as_by_scikit_learn(string name)
    {
        var (predictions, expected) = MetricCase.Of(name);
        var report = ClassificationReport.Of(predictions);
        report.PerClass.Select(c => c.Class).ShouldBe(predictions.Classes);
        foreach (var (actual, row) in report.PerClass.Zip(expected.GetProperty("per_class").EnumerateArray()))
        {
            ShouldBe(actual.N, MetricCase.Number(row, "n"), "n");
            ShouldBe(actual.Precision, MetricCase.Number(row, "precision"), "precision");
            ShouldBe(actual.Recall, MetricCase.Number(row, "recall"), "recall");
            ShouldBe(actual.F1, MetricCase.Number(row, "f1"), "f1");
            ShouldBe(actual.Auroc, MetricCase.Number(row, "auroc"), "auroc");
            ShouldBe(actual.AveragePrecision, MetricCase.Number(row, "average_precision"), "average_precision");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_confusion_matrix_has_a_row_a_true_class(string name)
    {
        var (predictions, expected) = MetricCase.Of(name);
        var rows = expected.GetProperty("confusion").EnumerateArray()
            .Select(row => row.EnumerateArray().Select(c => c.GetInt32()).ToArray());
        ConfusionMatrix.Of(predictions).Counts.ShouldBe(rows);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void At_a_coverage_the_most_confident_images_are_answered(string name)
    {
        var (predictions, expected) = MetricCase.Of(name);
        var (curve, point) = (RiskCoverage.Of(predictions), expected.GetProperty("risk_at_70"));
        var at = curve.At(0.7);
        at.Threshold.ShouldBe(point[0].GetDouble());
        at.Coverage.ShouldBe(point[1].GetDouble(), Tolerance);
        at.Risk.ShouldBe(point[2].GetDouble(), Tolerance);
        curve.Curve[^1].Coverage.ShouldBe(1);
        curve.At(1).Accuracy.ShouldBe(Score.Of(predictions).Top1, Tolerance);
    }

    [Fact]
    public void Nine_of_ten_images_are_a_coverage_of_ninety_percent()
    {
        var probabilities = Enumerable.Range(0, 10).SelectMany(i => new[] { 0.6 + (0.03 * i), 0.4 - (0.03 * i) }).ToArray();
        RiskCoverage.Of(new Predictions(["a", "b"], new long[10], probabilities)).At(0.9).Threshold.ShouldBe(0.63);
    }

    [Fact]
    public void The_order_of_images_does_not_matter()
    {
        foreach (var (predictions, _) in MetricCase.Names.Select(MetricCase.Of))
        {
            var (a, b) = (ClassificationReport.Of(predictions), ClassificationReport.Of(Reversed(predictions)));
            b.AdaptiveEce.ShouldBe(a.AdaptiveEce, Tolerance);
            b.RiskCoverage.Aurc.ShouldBe(a.RiskCoverage.Aurc, Tolerance);
            b.AveragePrecision!.Value.ShouldBe(a.AveragePrecision!.Value, Tolerance);
        }
    }

    [Fact]
    public void Members_of_an_ensemble_differ_as_in_NumPy()
    {
        var (members, expected) = MetricCase.Ensemble();
        for (var count = 1; count <= members.Length; count++)
        {
            var diversity = Diversity.Of(members[..count]);
            ShouldBe(diversity.Disagreement, MetricCase.Number(expected[count - 1], "disagreement"), "disagreement");
            ShouldBe(diversity.MutualInformation, MetricCase.Number(expected[count - 1], "mutual_information"), "mutual information");
        }
    }

    [Fact]
    public void No_predictions_have_no_metrics()
    {
        var none = new Predictions(["a"], [], []);
        Should.Throw<ArgumentException>(() => ClassificationReport.Of(none));
        Should.Throw<ArgumentException>(() => RiskCoverage.Of(none));
        Should.Throw<ArgumentException>(() => CalibrationError.EqualMass(none));
    }

    private static Predictions Reversed(Predictions p) => p with
    {
        Labels = [.. p.Labels.Reverse()],
        Probabilities = [.. Enumerable.Range(0, p.Count).Reverse().SelectMany(i => p.Row(i).ToArray())],
    };

    private static void ShouldBe(double? actual, double? expected, string metric)
    {
        actual.HasValue.ShouldBe(expected.HasValue, metric);
        actual.GetValueOrDefault().ShouldBe(expected.GetValueOrDefault(), Tolerance, metric);
    }
}
