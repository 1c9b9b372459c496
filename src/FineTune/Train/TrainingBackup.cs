using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>A copy of all that training changes, which goes back when it is disposed.</summary>
internal sealed class TrainingBackup : IDisposable
{
    private readonly TrainerParts _parts;
    private readonly (Tensor Live, Tensor Kept)[] _tensors;
    private readonly Tensor _random = random.get_rng_state().DetachFromDisposeScope();
    private readonly Dictionary<string, double> _numbers;
    private readonly long _t;
    private readonly double? _momentum;

    /// <param name="parts">Network, gradient and optimizer are copied; the engine's generator too.</param>
    public TrainingBackup(TrainerParts parts)
    {
        _parts = parts;
        var optimizer = parts.Optimizer;
        (_numbers, _t, _momentum) = (new(optimizer.Numbers), optimizer.T, optimizer.Momentum);
        using var _ = no_grad();
        _tensors =
        [
            .. parts.Network.state_dict().Values.Append(parts.Vector.G).Concat(optimizer.State.Select(s => s.Vector))
                .Select(t => (t, t.clone().DetachFromDisposeScope())),
        ];
    }

    public void Dispose()
    {
        using (no_grad())
        {
            foreach (var (live, kept) in _tensors)
            {
                live.copy_(kept);
                kept.Dispose();
            }
        }

#pragma warning disable RS0030 // a state that it gave itself
        random.set_rng_state(_random);
#pragma warning restore RS0030
        _random.Dispose();
        var optimizer = _parts.Optimizer;
        (optimizer.T, optimizer.Momentum) = (_t, _momentum);
        optimizer.Numbers.Clear();
        foreach (var (name, value) in _numbers)
            optimizer.Numbers[name] = value;
    }
}
