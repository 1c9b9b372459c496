using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Train.Sources;

/// <summary>Images through the whole network, decoded and augmented anew each epoch.</summary>
/// <param name="loader">The training images, shuffled and augmented.</param>
/// <param name="line">Where learning starts.</param>
/// <param name="device">Where batches go.</param>
internal sealed class ImageSource(Loader loader, FreezeLine line, Device device) : ITrainingSource
{
    public IReadOnlyList<Sample> Samples => loader.Samples;

    public int BatchesPerEpoch => loader.BatchesPerEpoch;

    public IEnumerable<TrainBatch> Epoch(long epoch, int firstBatch)
    {
        foreach (var batch in loader.Epoch(epoch, firstBatch))
        {
            using (batch)
                yield return new TrainBatch(Predictor.ToTensor(batch, device), Predictor.ToTensor(batch.Labels.ToArray(), device), batch.Indices);
        }
    }

    public Tensor Forward(Tensor input) => line.Forward(input);
}

/// <summary>Validation images through the whole network.</summary>
/// <param name="loader">The images, in order.</param>
/// <param name="line">Its network predicts.</param>
/// <param name="classes">Names of the outputs.</param>
internal sealed class ImageValidation(Loader loader, FreezeLine line, IReadOnlyList<string> classes) : IValidationSource
{
    public IReadOnlyList<Sample> Samples => loader.Samples;

    public Predictions Predict() => Predictor.Predict(line.Network, loader, classes);
}
