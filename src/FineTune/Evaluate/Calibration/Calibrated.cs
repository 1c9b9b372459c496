namespace FineTune.Evaluate.Calibration;

/// <summary>Predictions, calibrated so that they can be measured honestly.</summary>
/// <param name="Method">How.</param>
/// <param name="Fitted">The calibration, fitted on all images that are for it.</param>
/// <param name="Predictions">The measured images' calibrated predictions.</param>
/// <param name="Folds">Folds of a cross-fit; null where it was fitted on other images than those measured.</param>
public sealed record Calibrated(string Method, ICalibration Fitted, Predictions Predictions, int? Folds)
{
    /// <summary>Calibrates by what was fitted on other images.</summary>
    /// <param name="method">A name of <see cref="Calibrations"/>.</param>
    /// <param name="validation">To fit on.</param>
    /// <param name="measured">To calibrate.</param>
    public static Calibrated By(string method, Predictions validation, Predictions measured)
    {
        var fitted = Calibrations.Of(method).Fit(validation);
        return new Calibrated(method, fitted, fitted.Apply(measured), null);
    }

    /// <summary>Calibrates by a cross-fit of the same images.</summary>
    /// <param name="method">A name of <see cref="Calibrations"/>.</param>
    /// <param name="predictions">To fit on and to calibrate.</param>
    /// <exception cref="FineTuneException">There are fewer than two images.</exception>
    public static Calibrated Crosswise(string method, Predictions predictions)
    {
        var fit = Calibrations.Of(method).Fit;
        var cross = CrossFit.Of(predictions, fit);
        return new Calibrated(method, fit(predictions), cross.Predictions, cross.Folds);
    }
}
