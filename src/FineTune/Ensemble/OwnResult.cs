using FineTune.Evaluate;
using FineTune.Evaluate.Statistics;

namespace FineTune.Ensemble;

/// <summary>A run's own result beside an ensemble of its snapshots: what the run would give without them.</summary>
/// <param name="Score">On the measured images.</param>
/// <param name="Difference">First: images that only the run's result gets right; second: only the ensemble.</param>
public sealed record OwnResult(Score Score, McNemar Difference)
{
    /// <summary>Whether its epoch was chosen on the measured images, which makes it optimistic. Default: no.</summary>
    public bool IsChosenHere { get; init; }

    /// <summary>Compares them.</summary>
    /// <param name="result">What the run's result says about the measured images.</param>
    /// <param name="ensemble">What the ensemble says about them.</param>
    public static OwnResult Of(Predictions result, Predictions ensemble) => new(Score.Of(result), McNemar.Of(result, ensemble));
}
