using FineTune.Models.Layers;

namespace FineTune.Models.Graph;

/// <summary>Collects the nodes of a description as values are computed from one another.</summary>
/// <param name="name">The architecture's name.</param>
/// <param name="preprocessing">What its input looks like.</param>
internal sealed class GraphBuilder(string name, Preprocessing preprocessing)
{
    private readonly List<(string Name, List<Node> Nodes)> _stages = [];
    private Value? _last;

    /// <summary>The images, in the first stage.</summary>
    /// <param name="stage">Its name.</param>
    public Value Input(string stage) => Input(stage, NetworkGraph.Channels, preprocessing.InputSize, preprocessing.InputSize);

    /// <summary>What goes into the first stage.</summary>
    /// <param name="stage">Its name.</param>
    /// <param name="shape">For one image, without the batch.</param>
    public Value Input(string stage, params long[] shape)
    {
        _stages.Add((stage, []));
        return _last = new Value(this, 0, Node.StageInput, shape);
    }

    /// <summary>The description, which ends in the logits.</summary>
    /// <param name="logits">The last value.</param>
    /// <param name="initialise">Sets initial values that are not PyTorch's.</param>
    public NetworkGraph Finish(Value logits, Initialisation initialise)
    {
        _ = LastStage(logits);
        return new NetworkGraph(name, preprocessing, [.. _stages.Select(s => new StageGraph(s.Name, s.Nodes))], initialise);
    }

    /// <summary>The last stage, which ends in a value.</summary>
    internal StageGraph LastStage(Value value)
    {
        CheckLast(value);
        return new StageGraph(_stages[^1].Name, _stages[^1].Nodes);
    }

    /// <summary>Begins a stage with the one value that it takes.</summary>
    internal Value Begin(string stage, Value value)
    {
        CheckLast(value);
        _stages.Add((stage, []));
        return _last = new Value(this, _stages.Count - 1, Node.StageInput, value.Shape);
    }

    /// <summary>Adds a layer.</summary>
    internal Value Add(string? key, Layer layer, params Value[] inputs)
    {
        if (inputs.Any(v => v.Stage != _stages.Count - 1))
            throw new InvalidOperationException($"A layer of stage '{_stages[^1].Name}' of '{name}' takes a value of an earlier stage.");
        var nodes = _stages[^1].Nodes;
        nodes.Add(new Node(key, layer, [.. inputs.Select(v => v.Index)]));
        return _last = new Value(this, _stages.Count - 1, nodes.Count - 1, layer.Shape([.. inputs.Select(v => v.Shape)]));
    }

    private void CheckLast(Value value)
    {
        if (!ReferenceEquals(value, _last))
            throw new InvalidOperationException($"Stage '{_stages[^1].Name}' of '{name}' ends in another value than its last.");
    }
}
