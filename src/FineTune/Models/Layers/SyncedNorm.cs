using System.Runtime.CompilerServices;
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
    private static readonly ConditionalWeakTable<TorchNorm, Action<Tensor>> Sums = [];

    /// <summary>Makes norms take their statistics over all ranks, where they take them from the batch.</summary>
    /// <param name="norms">The norms.</param>
    /// <param name="sum">Sums a vector over the ranks, in place.</param>
    public static void Synchronise(IEnumerable<TorchNorm> norms, Action<Tensor> sum)
    {
        foreach (var norm in norms)
            Sums.AddOrUpdate(norm, sum);
    }

    /// <summary>The norm of this rank's part [n, C, ...] by the statistics of all; null where it has its own.</summary>
    public static Tensor? Run(TorchNorm norm, Tensor x)
    {
        if (!norm.training || !Sums.TryGetValue(norm, out var sum))
            return null;
        using var scope = NewDisposeScope();
        long[] over = [0, .. Enumerable.Range(2, (int)x.dim() - 2).Select(d => (long)d)];
        long[] shape = [1, x.size(1), .. Enumerable.Repeat(1L, (int)x.dim() - 2)];
        var values = x.to(ScalarType.Float32);
        var own = TensorArithmetic.Full(values.numel() / values.size(1), [1], device: x.device);
        var sums = AllReduced.apply([cat([values.sum(over), own]), sum]); // [C + 1], the last: values of a channel on all ranks
        var count = sums.detach()[x.size(1)].cpu().item<float>();
        var mean = sums.narrow(0, 0, x.size(1)).Over(count);
        var away = values.Plus(mean.view(shape).neg());
        var variance = AllReduced.apply([away.mul(away).sum(over), sum]).Over(count);
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

    private static Tensor Summed(Action<Tensor> sum, Tensor mine)
    {
        using var _ = no_grad();
        var all = mine.detach().contiguous().clone();
        sum(all);
        return all;
    }

    /// <summary>A sum over the ranks, whose gradient is the sum of theirs.</summary>
#pragma warning disable CA1812 // TorchSharp makes it
    private sealed class AllReduced : autograd.SingleTensorFunction<AllReduced>
#pragma warning restore CA1812
    {
        private const string Key = "sum";

        public override string Name => nameof(AllReduced);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data(Key, vars[1]);
            return Summed((Action<Tensor>)vars[1], (Tensor)vars[0]);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
            [Summed((Action<Tensor>)ctx.get_data(Key), grad_output), null!];
    }
}
