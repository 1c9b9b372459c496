using FineTune.Models.Graph;
using FineTune.Models.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>
/// A classifier whose stages are named from input to head: [N, 3, H, W] -> logits [N, classes]. One of the zoo's, or any
/// module whose stages are given.
/// </summary>
public sealed class Network : ExplicitModule
{
    private readonly nn.Module _module;
    private readonly Action<nn.Module<Tensor, Tensor>>? _replaceHead;
    private int _extras;

    /// <summary>Names the stages of a module. The last one is the head: its last Linear is what a head swap replaces.</summary>
    /// <param name="name">The architecture's name.</param>
    /// <param name="module">The module; its state dict names the parameters. Owned from here on.</param>
    /// <param name="stages">From input to head, every parameter of <paramref name="module"/> in exactly one.</param>
    /// <param name="preprocessing">What its input looks like.</param>
    /// <param name="replaceHead">Puts another module in place of the final Linear; null where the classes stay as they are.</param>
    /// <exception cref="FineTuneException">A parameter is in no stage, or in two.</exception>
    public Network(
        string name,
        nn.Module module,
        IReadOnlyList<Stage> stages,
        Preprocessing preprocessing,
        Action<nn.Module<Tensor, Tensor>>? replaceHead = null)
        : base(name)
    {
        (_module, Stages, Preprocessing, _replaceHead) = (module, stages, preprocessing, replaceHead);
        register_module(nameof(module), module);
        CheckStages();
    }

    /// <summary>Makes the network of a description, with initial values from the engine's generator.</summary>
    internal Network(NetworkGraph graph)
        : base(graph.Name)
    {
        var root = new Container(graph.Name);
        (_module, Preprocessing, _replaceHead) = (root, graph.Preprocessing, ReplaceIn);
        register_module("module", root);
        Stages = [.. graph.Stages.Select(s => new Stage(s.Name, [.. s.Nodes.Select(StepOf)]))];
        graph.Initialise([.. Stages.SelectMany(s => s.Steps).Where(s => s.Module is not null).Select(s => (s.Key, s.Module!))]);
        CheckStages();
        IsDescribed = true;
        Numerics = new Numerics(Precision.Float32, Numerics.LayoutFor(this, Precision.Float32));

        Step StepOf(Node node)
        {
            if (node.Key is { } key)
                return new Step(key, node.Layer, node.Inputs, root.Add(key, node.Layer));
            var module = node.Layer.Make();
            if (module is not null)
                Keep(module);
            return new Step(string.Empty, node.Layer, node.Inputs, module);
        }

        void ReplaceIn(nn.Module<Tensor, Tensor> head)
        {
            var last = Head.Steps.Last(s => s.Key.Length > 0);
            root.Replace(last.Key, last.Module!, head);
            last.Replace(head);
        }
    }

    /// <summary>
    /// A network of a module whose children run one after another, such as one of TorchVision's. Its head, the last layer of the last
    /// stage, can be replaced for other classes: the new one is registered in place of the old.
    /// </summary>
    /// <param name="name">The architecture's name.</param>
    /// <param name="module">The module; its state dict names the parameters. Owned from here on.</param>
    /// <param name="preprocessing">What its input looks like.</param>
    /// <param name="stages">From input to head: a stage's name and its layers, names of the module's children, as they run.</param>
    /// <exception cref="FineTuneException">The module has no such child, or a parameter is in no stage, or in two.</exception>
    public static Network FromChildren(
        string name,
        nn.Module module,
        Preprocessing preprocessing,
        params IReadOnlyList<(string Name, string[] Layers)> stages)
    {
        var children = module.named_children().ToDictionary(c => c.name, c => c.module);
        var head = stages[^1].Layers[^1];
        var named = stages.Select(s => new Stage(s.Name, () => [.. s.Layers.Select(l => (l, Layer(l)))]));
        return new Network(name, module, [.. named], preprocessing, Replace);

        nn.Module<Tensor, Tensor> Layer(string layer) => children.TryGetValue(layer, out var child)
            ? child as nn.Module<Tensor, Tensor>
                ?? throw new FineTuneException($"The layer '{layer}' of '{name}' does not take one tensor to one tensor.")
            : throw Nearest.Unknown($"layer of {name}", layer, children.Keys);

        void Replace(nn.Module<Tensor, Tensor> other)
        {
            module.register_module(head, null!); // a name is free again once nothing is registered under it
            children[head].Dispose();
            module.register_module(head, other);
            children[head] = other;
        }
    }

    /// <summary>From input to head.</summary>
    public IReadOnlyList<Stage> Stages { get; }

    /// <summary>What its weights files say of it beside tensors, architecture, classes and input. Default: nothing.</summary>
    public IDictionary<string, string> Metadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the weights want to see.</summary>
    public Preprocessing Preprocessing { get; set; }

    /// <summary>How it computes. Default: single precision, in the layout of <see cref="Numerics.LayoutFor"/> on a CPU.</summary>
    public Numerics Numerics { get; set; } = Numerics.Default;

    /// <summary>Whether all its layers are known, as those of the zoo's networks are; else it is of an application's modules.</summary>
    public bool IsDescribed { get; }

    /// <summary>The last stage.</summary>
    public Stage Head => Stages[^1];

    /// <summary>Values a picture that the final layer takes.</summary>
    public long Features => FinalWeights.Parameter.shape[1];

    /// <summary>Classes that the final layer tells apart.</summary>
    public long Classes => FinalWeights.Parameter.shape[0];

    internal Linear HeadLinear => Head.NamedModules().Select(m => m.Module).OfType<Linear>().LastOrDefault()
        ?? throw new FineTuneException($"The head of '{name}' has no linear layer.");

    /// <summary>Whether the head is a chain that ends in its linear layer, nothing after it and nothing in place of it.</summary>
    internal bool EndsInLinear =>
        Head.Steps[^1] is { Module: Linear, Substitute: null, Inputs: [var input] }
        && input == Head.Steps.Count - 2
        && Head.Appended.Count == 0;

    /// <summary>
    /// Probability in [0, 1) of leaving out a value before the final layer, in training, and before hidden layers in front of it
    /// (AlexNet, VGG; half of it in concat-pool). Of an application's module: of its last dropout layer. Default 0.
    /// </summary>
    /// <exception cref="FineTuneException">There is no dropout layer.</exception>
    public double HeadDropout
    {
        get => DropoutLayers.Select(d => d.Layer.p).LastOrDefault();
        set
        {
            if (value > 0 && !DropoutLayers.Any())
                throw new FineTuneException($"The head of '{name}' has no dropout layer; leave head.dropout at 0.");
            foreach (var (layer, share) in DropoutLayers)
                layer.p = share * value;
        }
    }

    /// <summary>The weights of the final layer: of a linear layer, or of a 1x1 convolution whose maps are averaged.</summary>
    internal (string Name, Parameter Parameter) FinalWeights =>
        Head.NamedParameters().LastOrDefault(p => p.Parameter.dim() is 2 or 4) is { Name: not null } last
            ? last
            : throw new FineTuneException($"The head of '{name}' has no linear layer.");

    /// <summary>The layers that <see cref="HeadDropout"/> sets, from input to head, each with its share.</summary>
    internal IEnumerable<(Dropout Layer, double Share)> DropoutLayers
    {
        get
        {
            // one put in place brings its own
            var head = Head.Steps.Select(s => s.Module).OfType<DescribedModule>().SelectMany(m => m.Steps).ToArray();
            var described = (head.Length > 0 ? head : Stages.SelectMany(s => s.Steps))
                .Where(s => s.Layer is Drop).Select(s => ((Dropout)s.Module!, ((Drop)s.Layer).Share)).ToArray();
            return described.Length > 0
                ? described
                : Stages.SelectMany(s => s.NamedModules()).Select(m => m.Module).OfType<Dropout>().TakeLast(1).Select(d => (d, 1.0));
        }
    }

    /// <summary>Puts a new final layer in place of the old one, with values from the engine's generator.</summary>
    /// <param name="classes">At least 2.</param>
    /// <exception cref="FineTuneException">The module was given without a way to replace its head.</exception>
    public void ReplaceHead(long classes) =>
        ReplaceHead(FinalWeights.Parameter.dim() == 2 ? nn.Linear(Features, classes) : nn.Conv2d(Features, classes, 1));

    internal void ReplaceHead(nn.Module<Tensor, Tensor> head)
    {
        if (_replaceHead is null)
        {
            throw new FineTuneException(
                $"'{name}' was given without a way to replace its head; give replaceHead to fine-tune it for other classes.");
        }
        _replaceHead(head);
        Head.Changed();
    }

    /// <summary>Runs a layer without parameters in place of one of a stage's, whose parameters and keys stay.</summary>
    /// <param name="stage">The stage's index.</param>
    /// <param name="step">The layer that it stands for.</param>
    /// <param name="module">The layer that runs; owned from here on.</param>
    internal void Substitute(int stage, Step step, nn.Module<Tensor, Tensor> module)
    {
        Stages[stage].Substitute(step, module);
        Keep(module);
    }

    /// <summary>Runs a layer without parameters on the branch of a residual block, before it is added.</summary>
    /// <param name="step">Where the branch is added.</param>
    /// <param name="module">The layer: the same shape out as in, and no effect in inference. Owned from here on.</param>
    internal void PutOnBranch(Step step, nn.Module<Tensor, Tensor> module)
    {
        step.OnBranch = module;
        Keep(module);
    }

    /// <summary>Runs a layer without parameters after a stage.</summary>
    /// <param name="stage">The stage's index.</param>
    /// <param name="module">The layer; owned from here on.</param>
    internal void Append(int stage, nn.Module<Tensor, Tensor> module)
    {
        Stages[stage].Append(module);
        Keep(module);
    }

    /// <summary>A module without parameters is the network's own: the state dict has no key of it.</summary>
    private void Keep(nn.Module module) => register_module(FormattableString.Invariant($"extra{_extras++}"), module);

    /// <summary>Names as the module itself gives them, in PyTorch's order: module by module, parameters before buffers.</summary>
    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
    {
        destination ??= [];
        Collect(_module, string.IsNullOrEmpty(prefix) ? string.Empty : prefix + ".", destination);
        return destination;
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => ForwardFrom(0, input);

    /// <summary>The stages from <paramref name="first"/> on.</summary>
    public Tensor ForwardFrom(int first, Tensor input) => Through(first, Stages.Count, input);

    /// <summary>The stages <paramref name="first"/> .. <paramref name="end"/> - 1, by <see cref="Numerics"/>; at least one.</summary>
    public Tensor Through(int first, int end, Tensor input) => Numerics.Run(input, x => Layers(first, end, x));

    /// <summary>The same stages in the precision and layout of their input.</summary>
    internal Tensor Layers(int first, int end, Tensor input)
    {
        var x = Stages[first].Forward(input);
        for (var k = first + 1; k < end; k++)
            x = x.Replace(Stages[k].Forward(x));
        return x;
    }

    /// <summary>Stages in inference form: batch norms folded into convolutions. Precision and layout are the caller's.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="end">The first stage that is not in it; above <paramref name="first"/>.</param>
    /// <param name="owned">Given the copied weights, to be freed with the form.</param>
    internal Func<Tensor, Tensor> Folded(int first, int end, ICollection<IDisposable> owned)
    {
        var stages = Stages.Take(first..end).Select(s => s.Folded(owned)).ToArray();
        return input => stages.Skip(1).Aggregate(stages[0](input), (x, stage) => x.Replace(stage(x)));
    }

    /// <summary>Parameters from input to head, each with its stage's index.</summary>
    public IEnumerable<(int Stage, string Name, Parameter Parameter)> OrderedParameters() =>
        Stages.SelectMany((s, k) => s.NamedParameters().Select(p => (k, p.Name, p.Parameter)));

    /// <summary>The index of a stage by its name.</summary>
    /// <exception cref="FineTuneException">There is none of that name; the nearest is offered.</exception>
    public int StageIndex(string stage)
    {
        for (var k = 0; k < Stages.Count; k++)
        {
            if (Stages[k].Name == stage)
                return k;
        }

        throw Nearest.Unknown($"stage of {name}", stage, Stages.Select(s => s.Name));
    }

    private static void Collect(nn.Module module, string prefix, Dictionary<string, Tensor> destination)
    {
        foreach (var (key, parameter) in module.named_parameters(recurse: false))
            destination.TryAdd(prefix + key, parameter);
        foreach (var (key, buffer) in module.named_buffers(recurse: false))
            destination.TryAdd(prefix + key, buffer);
        foreach (var (key, child) in module.named_children())
            Collect(child, $"{prefix}{key}.", destination);
    }

    private void CheckStages()
    {
        var all = _module.named_parameters().Select(p => p.name).ToHashSet();
        var staged = OrderedParameters().Select(p => p.Name).ToArray();
        var missing = all.Except(staged).ToArray();
        if (missing.Length > 0)
        {
            throw new FineTuneException(
                $"Every parameter of '{name}' belongs to one stage, but no stage has: {string.Join(", ", missing)}.");
        }
        if (staged.Length != all.Count)
        {
            throw new FineTuneException($"Every parameter of '{name}' belongs to one stage, but some are in two: "
                + $"{string.Join(", ", staged.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key))}.");
        }
    }
}
