namespace FineTune.Evaluate.Metrics;

/// <summary>
/// Every metric of one classifier's predictions; docs/evaluation.md has the formulas. Rates are in 0..1, and what is not defined is null.
/// </summary>
/// <param name="Score">Top-1, top-5, negative log-likelihood and calibration error.</param>
/// <param name="Confusion">Counts by true and predicted class, balanced accuracy, F1 and kappa.</param>
/// <param name="PerClass">In the order of the classes.</param>
/// <param name="Brier">The squared distance to the true class's unit vector, the mean over images (Brier 1950), in 0..2.</param>
/// <param name="AdaptiveEce">The calibration error over 15 bins of equally many images.</param>
/// <param name="Auroc">The mean over the classes for which it is defined; null where there are none.</param>
/// <param name="AveragePrecision">The mean over the classes that have an image.</param>
/// <param name="RiskCoverage">What abstaining gives, and the area under that curve.</param>
public sealed record ClassificationReport(
    Score Score,
    ConfusionMatrix Confusion,
    IReadOnlyList<ClassMetrics> PerClass,
    double Brier,
    double AdaptiveEce,
    double? Auroc,
    double? AveragePrecision,
    RiskCoverage RiskCoverage)
{
    /// <summary>Measures predictions.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static ClassificationReport Of(Predictions predictions)
    {
        var score = Score.Of(predictions);
        var confusion = ConfusionMatrix.Of(predictions);
        var ranked = OneAgainstRest.Of(predictions);
        var perClass = predictions.Classes.Select((name, k) => new ClassMetrics(
            name,
            confusion.Support(k),
            confusion.Precision(k),
            confusion.Recall(k),
            confusion.F1(k),
            ranked[k].Auroc,
            ranked[k].AveragePrecision));
        return new ClassificationReport(
            score,
            confusion,
            [.. perClass],
            BrierOf(predictions),
            CalibrationError.EqualMass(predictions),
            ranked.Average(r => r.Auroc), // of those that are not null
            ranked.Average(r => r.AveragePrecision),
            RiskCoverage.Of(predictions));
    }

    /// <summary>sum over classes of (p - [class is the true one])^2, the mean over images.</summary>
    public static double BrierOf(Predictions predictions)
    {
        var sum = 0.0;
        for (var i = 0; i < predictions.Count; i++)
        {
            var row = predictions.Row(i);
            for (var k = 0; k < row.Length; k++)
            {
                var gap = row[k] - (predictions.Labels[i] == k ? 1 : 0);
                sum += gap * gap;
            }
        }

        return sum / predictions.Count;
    }
}
