using FineTune.Distributed;
using FineTune.Engine;
using FineTune.Optimize;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>
/// Running statistics of batch norms over a step in parts, which are computed one after another or on several ranks. Each part begins
/// with the statistics from before the step; then they are put together in the order of the parts, as if one had followed the other:
/// r' = (1 - m) r + m s for the statistics s of each part.
/// </summary>
internal sealed class PartStatistics : IDisposable
{
    private readonly ParameterVector _vector;
    private readonly TorchSharp.Modules.BatchNorm[] _moving;
    private readonly Tensor? _stays; // 1 - m, by element
    private readonly Tensor? _before;
    private readonly List<Tensor> _after = [];

    /// <param name="vector">Has the statistics.</param>
    /// <param name="line">Says which of them move; its network is in training.</param>
    public PartStatistics(ParameterVector vector, FreezeLine line)
    {
        (_vector, _moving) = (vector, [.. line.MovingNorms]);
        if (_moving.Length == 0)
            return;
        using var _ = no_grad();
        _before = vector.Statistics.clone().DetachFromDisposeScope();
        vector.Statistics.zero_();
        foreach (var norm in _moving)
        {
            foreach (var running in new[] { norm.running_mean!, norm.running_var! })
                running.Add(ones_like(running), 1 - norm.momentum!.Value);
        }

        _stays = vector.Statistics.clone().DetachFromDisposeScope();
        vector.Statistics.copy_(_before);
    }

    /// <summary>A part is about to be computed.</summary>
    public void Begin()
    {
        using var _ = no_grad();
        if (_before is not null)
            _vector.Statistics.copy_(_before);
    }

    /// <summary>It was computed.</summary>
    public void End()
    {
        using var _ = no_grad();
        if (_before is not null)
            _after.Add(_vector.Statistics.clone().DetachFromDisposeScope());
    }

    /// <summary>Puts those of all parts together.</summary>
    /// <param name="ranks">Where they were computed.</param>
    /// <param name="most">Parts of a rank at most.</param>
    /// <param name="all">Parts together.</param>
    public void Join(ICommunicator ranks, int most, int all)
    {
        if (_before is null)
            return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var mine = zeros([most, _before.numel()], ScalarType.Float32, _before.device);
        for (var k = 0; k < _after.Count; k++)
            mine[k].copy_(_after[k]);
        var every = empty([ranks.Size, most, _before.numel()], ScalarType.Float32, _before.device);
        ranks.AllGather(mine, every);
        var parts = every.view(ranks.Size * most, -1); // those of the last ranks may be missing
        var running = _before;
        for (var k = 0; k < all; k++)
            running = parts[k].Plus(_stays!.mul(running.Plus(_before.neg())));
        _vector.Statistics.copy_(running);
        foreach (var norm in _moving) // it counted those of this rank
        {
            if (norm.num_batches_tracked is { } count)
                count.copy_(tensor(count.cpu().item<long>() + all - _after.Count));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stays?.Dispose();
        _before?.Dispose();
        foreach (var after in _after)
            after.Dispose();
    }
}
