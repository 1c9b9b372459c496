using FineTune.Engine;
using static TorchSharp.torch;
using TorchNorm = TorchSharp.Modules.BatchNorm;

namespace FineTune.Models.Layers;

/// <summary>
/// Batch norms, without TorchSharp's forward: in training it counts batches by a number that nothing holds, which the garbage collector may
/// free while libtorch reads it (<see cref="TensorArithmetic"/>).
/// </summary>
internal static class Norm
{
    /// <summary>What a norm makes of its input, and what it learns from it in training.</summary>
    public static Tensor Run(TorchNorm norm, Tensor x)
    {
        if (SyncedNorm.Run(norm, x) is { } synced)
            return synced;
        if (norm.momentum is not { } momentum || !norm.track_running_stats)
            return ((nn.Module<Tensor, Tensor>)norm).call(x);
        if (norm.training)
            norm.num_batches_tracked?.Increment();
        return nn.functional.batch_norm(
            x, norm.running_mean, norm.running_var, norm.weight, norm.bias, norm.training, momentum, norm.eps);
    }
}
