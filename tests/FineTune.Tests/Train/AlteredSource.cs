using FineTune.Data;
using FineTune.Train.Sources;
using static TorchSharp.torch;

namespace FineTune.Tests.Train;

/// <summary>A source that does something whenever it computes logits: (input, logits).</summary>
internal sealed class AlteredSource(ITrainingSource inner, Action<Tensor, Tensor> alter) : ITrainingSource
{
    public IReadOnlyList<Sample> Samples => inner.Samples;

    public int BatchesPerEpoch => inner.BatchesPerEpoch;

    public void Prepare(long epoch, CancellationToken stop) => inner.Prepare(epoch, stop);

    public IEnumerable<TrainBatch> Epoch(long epoch, int firstBatch) => inner.Epoch(epoch, firstBatch);

    public Tensor Forward(Tensor input)
    {
        var logits = inner.Forward(input);
        alter(input, logits);
        return logits;
    }
}
