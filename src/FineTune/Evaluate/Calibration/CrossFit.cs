namespace FineTune.Evaluate.Calibration;

/// <summary>
/// Calibrated predictions of the images that the calibration is fitted on: each fold is calibrated by what was fitted on the others, so
/// that no image is measured by what has seen its label.
/// </summary>
/// <param name="Predictions">The images in their order.</param>
/// <param name="Folds">How many.</param>
public sealed record CrossFit(Predictions Predictions, int Folds)
{
    /// <summary>Folds, where there are as many images.</summary>
    public const int DefaultFolds = 5;

    /// <summary>Calibrates.</summary>
    /// <param name="predictions">At least two images.</param>
    /// <param name="fit">Fits on some of them.</param>
    /// <param name="folds">At least 2; no more than images are used.</param>
    /// <exception cref="FineTuneException">There are fewer than two images.</exception>
    public static CrossFit Of(Predictions predictions, Func<Predictions, ICalibration> fit, int folds = DefaultFolds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        if (predictions.Count < 2)
            throw new FineTuneException("A calibration that is measured on the images it is fitted on needs at least two of them.");
        folds = Math.Min(folds, predictions.Count);
        var fold = FoldOf(predictions, folds);
        var classes = predictions.Classes.Count;
        var probabilities = new double[predictions.Probabilities.Length];
        for (var f = 0; f < folds; f++)
        {
            var (inside, outside) = (Images(fold, k => k == f), Images(fold, k => k != f));
            var calibrated = fit(predictions.Of(outside)).Apply(predictions.Of(inside));
            for (var i = 0; i < inside.Length; i++)
                calibrated.Row(i).CopyTo(probabilities.AsSpan(inside[i] * classes, classes));
        }

        return new CrossFit(predictions with { Probabilities = probabilities }, folds);
    }

    /// <summary>The fold of each image: every class is dealt out in turn, in an order that is always the same.</summary>
    private static int[] FoldOf(Predictions predictions, int folds)
    {
        var fold = new int[predictions.Count];
        var next = 0;
        for (var label = 0; label < predictions.Classes.Count; label++)
        {
            var images = Images(predictions.Labels, l => l == label);
            new RandomKey(0, 0, label, RandomUse.Resample).Stream().Shuffle<int>(images);
            foreach (var image in images)
                fold[image] = next++ % folds;
        }

        return fold;
    }

    private static int[] Images<T>(IReadOnlyList<T> values, Func<T, bool> chosen) =>
        [.. Enumerable.Range(0, values.Count).Where(i => chosen(values[i]))];
}
