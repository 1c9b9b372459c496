namespace FineTune.Evaluate.Metrics;

/// <summary>How well a class's probability ranks its images before all others.</summary>
/// <param name="Auroc">
/// The chance that an image of the class has a higher probability than another image, ties counting half (Fawcett 2006), in 0..1;
/// null where the class has no image, or every image.
/// </param>
/// <param name="AveragePrecision">
/// The sum over thresholds of precision times the recall gained, in 0..1; null where the class has no image.
/// </param>
public sealed record OneAgainstRest(double? Auroc, double? AveragePrecision)
{
    /// <summary>For each class.</summary>
    public static IReadOnlyList<OneAgainstRest> Of(Predictions predictions)
    {
        var perClass = new OneAgainstRest[predictions.Classes.Count];
        Parallel.For(0, perClass.Length, k => perClass[k] = Of(predictions, k));
        return perClass;
    }

    private static OneAgainstRest Of(Predictions predictions, int label)
    {
        var scores = new double[predictions.Count];
        var isLabel = new bool[predictions.Count];
        for (var i = 0; i < scores.Length; i++)
            (scores[i], isLabel[i]) = (predictions.Row(i)[label], predictions.Labels[i] == label);
        var positives = isLabel.Count(p => p);
        var negatives = isLabel.Length - positives;
        if (positives == 0)
            return new OneAgainstRest(null, null);
        Array.Sort(scores, isLabel);
        var (above, seen, area, precision) = (0, 0, 0.0, 0.0); // above, seen: positives and images above the threshold
        for (int from = scores.Length - 1, to; from >= 0; from = to)
        {
            var tied = 0;
            for (to = from; to >= 0 && scores[to] == scores[from]; to--)
                tied += isLabel[to] ? 1 : 0;
            area += (above + (tied / 2.0)) * (from - to - tied);
            above += tied;
            seen += from - to;
            precision += (double)tied / positives * above / seen;
        }

        return new OneAgainstRest(negatives == 0 ? null : area / positives / negatives, precision);
    }
}
