using FineTune.Data;
using static TorchSharp.torch;

namespace FineTune.Train.Sources;

/// <summary>Several passes over the training images as one epoch: of few images, an epoch would else be a few steps.</summary>
/// <param name="inner">A pass is its epoch.</param>
/// <param name="repeats">Passes of an epoch, at least 1.</param>
internal sealed class RepeatedSource(ITrainingSource inner, int repeats) : ITrainingSource
{
    public IReadOnlyList<Sample> Samples => inner.Samples;

    public int BatchesPerEpoch => repeats * inner.BatchesPerEpoch;

    public void Prepare(long epoch, CancellationToken stop)
    {
        for (var pass = 0; pass < repeats; pass++)
            inner.Prepare((epoch * repeats) + pass, stop);
    }

    public IEnumerable<TrainBatch> Epoch(long epoch, int firstBatch)
    {
        var begun = firstBatch / inner.BatchesPerEpoch;
        return Enumerable.Range(begun, repeats - begun)
            .SelectMany(pass => inner.Epoch((epoch * repeats) + pass, pass == begun ? firstBatch % inner.BatchesPerEpoch : 0));
    }

    public Tensor Forward(Tensor input) => inner.Forward(input);
}
