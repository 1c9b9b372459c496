namespace FineTune.Evaluate.Metrics;

/// <summary>
/// A threshold of one class's own: abstaining below one threshold for all would leave little of the classes that are hard.
/// </summary>
/// <param name="Class">Its name.</param>
/// <param name="N">Images that are predicted as it.</param>
/// <param name="Point">What abstaining among these gives; null where there are none.</param>
public sealed record ClassThreshold(string Class, int N, CoveragePoint? Point)
{
    /// <summary>For each class, the threshold that answers at least a part of the images predicted as it.</summary>
    /// <param name="predictions">At least one.</param>
    /// <param name="coverage">In (0, 1].</param>
    public static IReadOnlyList<ClassThreshold> Of(Predictions predictions, double coverage)
    {
        var predicted = Enumerable.Range(0, predictions.Count).ToLookup(predictions.Predicted);
        return [.. predictions.Classes.Select((name, k) => new ClassThreshold(name, predicted[k].Count(), At(predicted[k])))];

        CoveragePoint? At(IEnumerable<int> images) =>
            images.Any() ? RiskCoverage.Of(predictions.Of([.. images])).At(coverage) : null;
    }
}
