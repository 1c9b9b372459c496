namespace FineTune.Evaluate.Calibration;

/// <summary>
/// Calibrated predictions of the images that the calibration is fitted on: each fold is calibrated by what was fitted on the others, so
/// that no image is measured by what has seen its label.
/// </summary>
/// <param name="Predictions">The images in their order.</param>
/// <param name="Folds">How many.</param>
public sealed record CrossFit(Predictions Predictions, int Folds)
{
    /// <summary>Calibrates.</summary>
    /// <param name="predictions">At least two images.</param>
    /// <param name="fit">Fits on some of them.</param>
    /// <param name="folds">At least 2; no more than images are used.</param>
    /// <exception cref="FineTuneException">There are fewer than two images.</exception>
    public static CrossFit Of(Predictions predictions, Func<Predictions, ICalibration> fit, int folds = Evaluate.Folds.Default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        if (predictions.Count < 2)
            throw new FineTuneException("A calibration that is measured on the images it is fitted on needs at least two of them.");
        folds = Math.Min(folds, predictions.Count);
        var fold = Evaluate.Folds.Of(predictions, folds);
        var classes = predictions.Classes.Count;
        var probabilities = new double[predictions.Probabilities.Length];
        for (var f = 0; f < folds; f++)
        {
            var (inside, outside) = (fold.Images(f), fold.Others(f));
            var calibrated = fit(predictions.Of(outside)).Apply(predictions.Of(inside));
            for (var i = 0; i < inside.Length; i++)
                calibrated.Row(i).CopyTo(probabilities.AsSpan(inside[i] * classes, classes));
        }

        return new CrossFit(predictions with { Probabilities = probabilities }, folds);
    }
}
