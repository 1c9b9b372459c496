using static TorchSharp.torch;

namespace FineTune.Models.Graph;

/// <summary>Described layers as one module, such as a head with a hidden layer: parameters under the layers' keys.</summary>
internal sealed class DescribedModule : ExplicitModule
{
    private readonly ExecutionPlan _plan;

    /// <param name="name">The module's name.</param>
    /// <param name="nodes">Layers; keys without dots.</param>
    public DescribedModule(string name, IReadOnlyList<Node> nodes)
        : base(name)
    {
        Steps = [.. nodes.Select((n, k) => new Step(n.Key ?? string.Empty, n.Layer, n.Inputs, Kept(n, k)))];
        _plan = new ExecutionPlan([.. Steps.Select(s => new Operation(s.Run, s.Inputs, s.OutputIsFree))]);
    }

    /// <summary>Its layers, in the order in which they run.</summary>
    public IReadOnlyList<Step> Steps { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _plan.Run(input);

    private nn.Module? Kept(Node node, int index)
    {
        var module = node.Layer.Make();
        if (module is not null)
            register_module(node.Key ?? FormattableString.Invariant($"layer{index}"), module);
        return module;
    }
}
