namespace FineTune.Evaluate.Calibration;

/// <summary>A way to calibrate.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Summary">What it is, and the paper.</param>
/// <param name="Fit">Fits it on predictions, at least one.</param>
public sealed record CalibrationEntry(string Name, string Summary, Func<Predictions, ICalibration> Fit);

/// <summary>Every way to calibrate.</summary>
public static class Calibrations
{
    /// <summary>In order of the numbers that are fitted.</summary>
    public static IReadOnlyList<CalibrationEntry> All { get; } =
    [
        new("temperature", "logits divided by one number (Guo et al. 2017)", TemperatureScaling.Fit),
        new("vector", "a scale and an offset of each class's logit (Guo et al. 2017)", VectorScaling.Fit),
        new("isotonic", "a rising step function of each class's probability (Zadrozny and Elkan 2002)", IsotonicCalibration.Fit),
    ];

    /// <summary>The one of a name.</summary>
    /// <exception cref="FineTuneException">There is none.</exception>
    public static CalibrationEntry Of(string name) =>
        All.FirstOrDefault(c => c.Name == name) ?? throw Nearest.Unknown("calibration", name, All.Select(c => c.Name));
}
