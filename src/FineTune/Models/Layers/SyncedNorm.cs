using System.Runtime.CompilerServices;
using FineTune.Distributed;
using FineTune.Engine;
using static TorchSharp.torch;
using TorchNorm = TorchSharp.Modules.BatchNorm;

namespace FineTune.Models.Layers;

/// <summary>
/// Batch norms whose mean and variance are over the parts of all ranks: sums pass between the ranks in the forward pass, and their
/// gradients in the backward pass.
/// </summary>
internal static class SyncedNorm
{
    private static readonly ConditionalWeakTable<TorchNorm, ICommunicator> Ranks = [];

    /// <summary>Makes norms take their statistics over all ranks, where they take them from the batch.</summary>
    public static void Synchronise(IEnumerable<TorchNorm> norms, ICommunicator ranks)
    {
        foreach (var norm in norms)
            Ranks.AddOrUpdate(norm, ranks);
    }

    /// <summary>The norm of this rank's part [n, C, ...] by the statistics of all; null where it has its own.</summary>
    public static Tensor? Run(TorchNorm norm, Tensor x)
    {
        if (!norm.training || !Ranks.TryGetValue(norm, out var ranks))
            return null;
        using var scope = NewDisposeScope();
        long[] over = [0, .. Enumerable.Range(2, (int)x.dim() - 2).Select(d => (long)d)];
        long[] shape = [1, x.size(1), .. Enumerable.Repeat(1L, (int)x.dim() - 2)];
        var values = x.to(ScalarType.Float32);
        var count = Sum(ranks, TensorArithmetic.Full(values.numel() / values.size(1), [1], device: x.device)).cpu().item<float>();
        var mean = AllReduced.apply([values.sum(over), ranks]).Over(count);
        var away = values.Plus(mean.view(shape).neg());
        var variance = AllReduced.apply([away.mul(away).sum(over), ranks]).Over(count);
        var y = away.mul(variance.Plus(norm.eps).rsqrt().view(shape));
        if (norm.weight is { } weight)
            y = y.mul(weight.view(shape)).Plus(norm.bias!.view(shape));
        Follow(norm.running_mean, mean, norm.momentum!.Value);
        Follow(norm.running_var, variance.Times(count / (count - 1.0)), norm.momentum!.Value); // unbiased, as PyTorch keeps it
        norm.num_batches_tracked?.Increment();
        return y.to(x.dtype).MoveToOuterDisposeScope();
    }

    private static void Follow(Tensor? running, Tensor now, double momentum)
    {
        if (running is null)
            return;
        using var _ = no_grad();
        running.Scale(1 - momentum).Add(now.detach(), momentum);
    }

    private static Tensor Sum(ICommunicator ranks, Tensor mine)
    {
        using var _ = no_grad();
        var sum = mine.detach().contiguous().clone();
        ranks.AllReduce(sum);
        return sum;
    }

    /// <summary>A sum over the ranks, whose gradient is the sum of theirs.</summary>
#pragma warning disable CA1812 // TorchSharp makes it
    private sealed class AllReduced : autograd.SingleTensorFunction<AllReduced>
#pragma warning restore CA1812
    {
        private const string Key = "ranks";

        public override string Name => nameof(AllReduced);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data(Key, vars[1]);
            return Sum((ICommunicator)vars[1], (Tensor)vars[0]);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
            [Sum((ICommunicator)ctx.get_data(Key), grad_output), null!];
    }
}
