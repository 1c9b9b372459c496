using FineTune.Evaluate;
using FineTune.Evaluate.Statistics;

namespace FineTune.Experiment.Ensembles;

/// <summary>A way to make predictions, measured beside the best single member.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Score">On the measured images.</param>
/// <param name="Calibrated">The same with a temperature, fitted on validation; cross-fitted where that is measured.</param>
/// <param name="TrainingSeconds">What its runs took; null where that is not known.</param>
/// <param name="InferenceSeconds">What a pass over the measured images took, decoded before.</param>
/// <param name="Looks">How often a network looks at an image.</param>
/// <param name="AgainstSingle">Which of the two is right; null for the best single member itself.</param>
/// <param name="Difference">This minus the best single member, by resampling images; null for that itself.</param>
/// <param name="AdjustedP">The p-value, corrected for all rows (Holm); null for the best single member.</param>
public sealed record MethodRow(
    string Name,
    Score Score,
    Score Calibrated,
    double? TrainingSeconds,
    double InferenceSeconds,
    int Looks,
    McNemar? AgainstSingle,
    PairedBootstrap? Difference,
    double? AdjustedP)
{
    /// <summary>
    /// How many independent models it is worth; null where no independent runs were given, or it is better than all of them.
    /// </summary>
    public double? Equivalent { get; init; }

    /// <summary>Predictions calibrated by a temperature that has not seen them.</summary>
    /// <param name="validation">What was said about the validation images.</param>
    /// <param name="measured">What was said about the measured ones; the same object where these are the validation images.</param>
    internal static Predictions Temper(Predictions validation, Predictions measured) =>
        (ReferenceEquals(validation, measured)
            ? Evaluate.Calibration.Calibrated.Crosswise("temperature", measured)
            : Evaluate.Calibration.Calibrated.By("temperature", validation, measured)).Predictions;
}
