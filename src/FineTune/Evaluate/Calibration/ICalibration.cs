namespace FineTune.Evaluate.Calibration;

/// <summary>A map from probabilities to better calibrated ones, fitted on images that the classifier was not trained on.</summary>
public interface ICalibration
{
    /// <summary>The same images with calibrated probabilities.</summary>
    /// <param name="predictions">Of the classes that it was fitted on.</param>
    Predictions Apply(Predictions predictions);
}
