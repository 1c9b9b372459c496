using FineTune.Data;
using FineTune.Distributed;
using FineTune.Engine;
using FineTune.Evaluate;
using static TorchSharp.torch;

namespace FineTune.Train.Sources;

/// <summary>Validation images that the ranks divide among them.</summary>
/// <param name="shares">Which images are whose.</param>
/// <param name="mine">Those of this rank.</param>
/// <param name="samples">All.</param>
internal sealed class RankedValidation(Shares shares, IValidationSource mine, IReadOnlyList<Sample> samples)
    : IValidationSource
{
    public IReadOnlyList<Sample> Samples => samples;

    public Predictions Predict()
    {
        using var scope = NewDisposeScope();
        var here = mine.Predict();
        var rows = tensor(here.Probabilities).view(here.Count, here.Classes.Count);
        var all = shares.Gather(rows);
        return new Predictions(here.Classes, [.. samples.Select(s => (long)s.Label)], TensorValues.Of<double>(all).ToArray());
    }
}
