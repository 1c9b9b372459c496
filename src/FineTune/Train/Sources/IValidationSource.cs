using FineTune.Data;
using FineTune.Evaluate;

namespace FineTune.Train.Sources;

/// <summary>What training is watched on.</summary>
public interface IValidationSource
{
    /// <summary>The validation images.</summary>
    IReadOnlyList<Sample> Samples { get; }

    /// <summary>What the network of the moment says about them; it is left in inference mode.</summary>
    Predictions Predict();
}
