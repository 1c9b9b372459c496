namespace FineTune.Evaluate.Metrics;

/// <summary>How well one class is told from the others; docs/evaluation.md has the formulas.</summary>
/// <param name="Class">Its name.</param>
/// <param name="N">Its images.</param>
/// <param name="Precision">Part of the images predicted as it that are of it; 0 where none is predicted so.</param>
/// <param name="Recall">Part of its images that are predicted as it: its accuracy; 0 where it has none.</param>
/// <param name="F1">Their harmonic mean; 0 where it neither occurs nor is predicted.</param>
/// <param name="Auroc">Null where it has no image, or every image.</param>
/// <param name="AveragePrecision">Null where it has no image.</param>
public sealed record ClassMetrics(
    string Class,
    int N,
    double Precision,
    double Recall,
    double F1,
    double? Auroc,
    double? AveragePrecision);
