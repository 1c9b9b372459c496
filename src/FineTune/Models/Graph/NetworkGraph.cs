using FineTune.Models.Layers;

namespace FineTune.Models.Graph;

/// <summary>A layer in its place.</summary>
/// <param name="Key">Its name in the state dict; null for a layer without parameters.</param>
/// <param name="Layer">What it is.</param>
/// <param name="Inputs">The nodes of its stage whose outputs it takes; <see cref="StageInput"/> for what goes into the stage.</param>
internal sealed record Node(string? Key, Layer Layer, IReadOnlyList<int> Inputs)
{
    /// <summary>The index that stands for what goes into the stage.</summary>
    public const int StageInput = -1;
}

/// <summary>
/// A stage: nodes that take what they need from the one value that goes in, or from one another; the last one's output comes out.
/// </summary>
/// <param name="Name">Such as layer3.</param>
/// <param name="Nodes">In the order in which they run.</param>
internal sealed record StageGraph(string Name, IReadOnlyList<Node> Nodes);

/// <summary>
/// The description of an architecture, from which everything else follows: the module that runs it, its inference form, its stages, and its
/// table of shapes, parameters and multiply-adds. To describe a network needs no engine.
/// </summary>
/// <param name="Name">The architecture's name.</param>
/// <param name="Preprocessing">What its input looks like.</param>
/// <param name="Stages">From input to head.</param>
/// <param name="Initialise">Sets initial values that are not PyTorch's.</param>
internal sealed record NetworkGraph(string Name, Preprocessing Preprocessing, IReadOnlyList<StageGraph> Stages, Initialisation Initialise)
{
    /// <summary>Colours of an image.</summary>
    public const long Channels = 3;

    /// <summary>Values that it learns.</summary>
    public long Parameters => Nodes.Sum(n => n.Layer.Parameters);

    /// <summary>What each stage comes to for one image: its output's shape, its parameters, and the products that it sums up.</summary>
    /// <param name="size">Pixels a side; null: those of its own input.</param>
    public IReadOnlyList<StageSize> Measure(int? size = null)
    {
        var side = size ?? Preprocessing.InputSize;
        var (sizes, input) = (new List<StageSize>(), new long[] { Channels, side, side });
        foreach (var stage in Stages)
        {
            var (shapes, sum) = (new List<long[]>(), 0L);
            foreach (var node in stage.Nodes)
            {
                long[][] inputs = [.. node.Inputs.Select(i => i < 0 ? input : shapes[i])];
                shapes.Add(node.Layer.Shape(inputs));
                sum += node.Layer.MultiplyAdds(inputs, shapes[^1]);
            }

            input = shapes[^1];
            sizes.Add(new StageSize(stage.Name, input, stage.Nodes.Sum(n => n.Layer.Parameters), sum));
        }

        return sizes;
    }

    /// <summary>
    /// The same network for another input: its first convolution takes as many channels, and a sequence has as many positions as
    /// the image has patches.
    /// </summary>
    /// <param name="size">Pixels a side; null: those of its own input.</param>
    /// <param name="channels">Of the images.</param>
    public NetworkGraph For(int? size, int channels = (int)Channels)
    {
        var side = size ?? Preprocessing.InputSize;
        var (stages, input) = (new List<StageGraph>(), new long[] { channels, side, side });
        foreach (var stage in Stages)
        {
            var (nodes, shapes) = (new List<Node>(), new List<long[]>());
            foreach (var node in stage.Nodes)
            {
                long[][] inputs = [.. node.Inputs.Select(i => i < 0 ? input : shapes[i])];
                Layer layer = node.Layer switch
                {
                    Convolution first when stages.Count == 0 && node.Inputs is [Node.StageInput] => first with { In = channels },
                    Positions positions => positions with { Tokens = inputs[0][0], Sizes = [1, inputs[0][0], positions.Channels] },
                    var same => same,
                };
                nodes.Add(node with { Layer = layer });
                shapes.Add(layer.Shape(inputs));
            }

            input = shapes[^1];
            stages.Add(stage with { Nodes = nodes });
        }

        return this with { Stages = stages };
    }

    private IEnumerable<Node> Nodes => Stages.SelectMany(s => s.Nodes);
}
