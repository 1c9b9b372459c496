using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Train.Sources;

/// <summary>Images through the whole network, decoded and augmented anew each epoch.</summary>
/// <param name="loader">The training images, shuffled and augmented.</param>
/// <param name="line">Where learning starts.</param>
/// <param name="device">Where batches go.</param>
/// <param name="prefix">
/// What lies below the line, in inference form; null where nothing does, or its batch norms follow the batches.
/// </param>
/// <param name="rows">What this rank computes of a batch; null: all.</param>
internal sealed class ImageSource(Loader loader, FreezeLine line, Device device, FrozenPrefix? prefix = null, Func<int, Range>? rows = null)
    : ITrainingSource
{
    public IReadOnlyList<Sample> Samples => loader.Samples;

    public int BatchesPerEpoch => loader.BatchesPerEpoch;

    public void Prepare(long epoch, CancellationToken stop)
    {
    }

    public IEnumerable<TrainBatch> Epoch(long epoch, int firstBatch)
    {
        foreach (var (whole, batch) in loader.Plan(epoch).Skip(firstBatch).Zip(loader.Epoch(epoch, firstBatch, rows)))
        {
            using (batch)
            {
                var labels = Predictor.ToTensor(Array.ConvertAll(whole, i => (long)loader.Samples[i].Label), device);
                yield return new TrainBatch(Predictor.ToTensor(batch, device), labels, whole, rows?.Invoke(whole.Length).Start.Value ?? 0);
            }
        }
    }

    public Tensor Forward(Tensor input)
    {
        if (prefix is null)
            return line.Forward(input);
        using var boundary = prefix.Forward(input);
        return line.Network.ForwardFrom(line.Stage, boundary);
    }
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
