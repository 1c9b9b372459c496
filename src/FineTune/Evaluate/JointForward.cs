using FineTune.Models;
using static TorchSharp.torch;

namespace FineTune.Evaluate;

/// <summary>
/// Networks on the same images, in inference form. Stages from the input on that are the same in all of them, bit by bit, run once; where
/// only linear heads differ, these are one matrix product.
/// </summary>
internal sealed class JointForward : IDisposable
{
    private readonly IReadOnlyList<Network> _networks;
    private readonly List<IDisposable> _owned = [];
    private readonly Func<Tensor, Tensor>? _shared; // null: no stage is
    private readonly IReadOnlyList<Func<Tensor, Tensor>> _own = []; // of each network, what is not shared; none where heads are one product
    private readonly Tensor? _weight; // [members * classes, features]
    private readonly Tensor? _bias;

    /// <summary>Copies their weights: later changes are not seen.</summary>
    /// <param name="networks">In inference mode, at least one, of the same classes.</param>
    /// <param name="share">Whether stages may be shared: not where each network draws for itself.</param>
    public JointForward(IReadOnlyList<Network> networks, bool share = true)
    {
        _networks = networks;
        SharedStages = share && networks.Count > 1 ? Shared(networks) : 0;
        _shared = SharedStages > 0 ? networks[0].Folded(0, SharedStages, _owned) : null;
        if (SharedStages == 0 || SharedStages != networks[0].Stages.Count - 1 || !networks.All(n => n.EndsInLinear))
        {
            _own = [.. networks.Select(n => n.Folded(SharedStages, n.Stages.Count, _owned))];
            return;
        }
        using var scope = NewDisposeScope();
        var heads = networks.Select(n => n.HeadLinear).ToArray();
        _weight = cat([.. heads.Select(h => h.weight!)]).detach().MoveToOuterDisposeScope();
        _bias = cat([.. heads.Select(h => h.bias ?? zeros(h.weight!.shape[0], device: h.weight.device))]).detach()
            .MoveToOuterDisposeScope();
        _owned.AddRange([_weight, _bias]);
    }

    /// <summary>Stages that run once for all.</summary>
    public int SharedStages { get; }

    /// <summary>Computes the logits of some images.</summary>
    /// <param name="images">[N, 3, H, W].</param>
    /// <param name="take">Given each network's position and its logits [N, classes].</param>
    public void Run(Tensor images, Action<int, Tensor> take)
    {
        using var scope = NewDisposeScope();
        var first = _networks[0];
        if (_weight is not null)
        {
            // [N, members * classes]
            var all = first.Numerics.Run(images, x => nn.functional.linear(first.Head.ForwardWithoutLast(_shared!(x)), _weight, _bias!));
            var parts = all.chunk(_networks.Count, 1);
            for (var m = 0; m < parts.Length; m++)
                take(m, parts[m]);
            return;
        }

        var boundary = _shared is null ? images : first.Numerics.Run(images, _shared);
        for (var m = 0; m < _networks.Count; m++)
        {
            using var logits = _networks[m].Numerics.Run(boundary, _own[m]);
            take(m, logits);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _owned)
            tensor.Dispose();
    }

    /// <summary>Stages whose parameters and statistics agree in all networks; never the head.</summary>
    private static int Shared(IReadOnlyList<Network> networks)
    {
        var first = networks[0];
        if (!networks.All(n => n.GetName() == first.GetName() && n.Numerics == first.Numerics && n.Stages.Count == first.Stages.Count
            && n.Metadata.Count == first.Metadata.Count && !n.Metadata.Except(first.Metadata).Any()))
            return 0;
        using var scope = NewDisposeScope();
        var stage = 0;
        while (stage < first.Stages.Count - 1 && networks.Skip(1).All(n => Same(first.Stages[stage], n.Stages[stage])))
            stage++;
        return stage;
    }

    private static bool Same(Stage a, Stage b)
    {
        var (left, right) = (Tensors(a), Tensors(b));
        return left.Length == right.Length
            && left.Zip(right).All(p => p.First.Name == p.Second.Name && p.First.Values.shape.SequenceEqual(p.Second.Values.shape)
                && p.First.Values.ne(p.Second.Values).any().cpu().item<bool>() is false);
    }

    private static (string Name, Tensor Values)[] Tensors(Stage stage) =>
        [.. stage.NamedParameters().Select(p => (p.Name, (Tensor)p.Parameter)), .. stage.NamedBuffers().Where(b => !IsCount(b.Name))];

    /// <summary>A batch norm's number of batches, which changes nothing that it computes in inference.</summary>
    private static bool IsCount(string name) => name.EndsWith("num_batches_tracked", StringComparison.Ordinal);
}
