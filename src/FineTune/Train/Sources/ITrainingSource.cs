using FineTune.Data;
using static TorchSharp.torch;

namespace FineTune.Train.Sources;

/// <summary>What one step learns from.</summary>
/// <param name="Input">[n, ...]: images, or what lies at the freeze line; of several ranks, those that this one computes.</param>
/// <param name="Labels">[N] int64: of all ranks.</param>
/// <param name="Indices">[N] positions in the source's samples.</param>
/// <param name="First">The position in the batch of the first that this rank computes.</param>
public sealed record TrainBatch(Tensor Input, Tensor Labels, IReadOnlyList<int> Indices, int First = 0);

/// <summary>Where steps get their batches from, and how a batch becomes logits.</summary>
public interface ITrainingSource
{
    /// <summary>The training images.</summary>
    IReadOnlyList<Sample> Samples { get; }

    /// <summary>Steps of an epoch.</summary>
    int BatchesPerEpoch { get; }

    /// <summary>Computes what an epoch's batches need and is kept from then on; nothing where each batch is made anew.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    void Prepare(long epoch, CancellationToken stop);

    /// <summary>The batches of an epoch, from one of them on. Their tensors are the caller's to free.</summary>
    IEnumerable<TrainBatch> Epoch(long epoch, int firstBatch);

    /// <summary>Logits [N, classes] of a batch's input, with a gradient above the freeze line.</summary>
    Tensor Forward(Tensor input);
}
