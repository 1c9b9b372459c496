using FineTune.Models.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Convolution = FineTune.Models.Layers.Convolution;

namespace FineTune.Models.Graph;

/// <summary>A layer of a network that runs: its module, and what runs in place of it or before it.</summary>
/// <param name="key">Its name in the state dict; empty for a layer without parameters.</param>
/// <param name="layer">What it is.</param>
/// <param name="inputs">The steps of its stage whose outputs it takes; <see cref="Node.StageInput"/> for what goes into the stage.</param>
/// <param name="module">Its module; of a raw parameter, the module that holds it.</param>
internal sealed class Step(string key, Layer layer, IReadOnlyList<int> inputs, nn.Module? module)
{
    /// <summary>Its name in the state dict; empty for a layer without parameters.</summary>
    public string Key => key;

    /// <summary>What it is.</summary>
    public Layer Layer { get; private set; } = layer;

    /// <summary>Whether it joins the branch of a residual block, its first input, and a shortcut.</summary>
    public bool IsResidual => Layer is Sum;

    /// <summary>Its inputs.</summary>
    public IReadOnlyList<int> Inputs => inputs;

    /// <summary>The module that the network was built with, or that replaced it; null where it has none of its own.</summary>
    public nn.Module? Module { get; private set; } = layer is RawParameter ? null : module;

    /// <summary>The module that its layer runs by: of a raw parameter, the one that holds it.</summary>
    public nn.Module? Holder => Module ?? module;

    /// <summary>A layer without parameters that runs in place of it; null: none.</summary>
    public nn.Module<Tensor, Tensor>? Substitute { get; set; }

    /// <summary>A layer without parameters that the branch of a residual block goes through before it is added; null: none.</summary>
    public nn.Module<Tensor, Tensor>? OnBranch { get; set; }

    /// <summary>Whether no gradient needs its output.</summary>
    public bool OutputIsFree => Substitute is null && Layer.OutputIsFree;

    /// <summary>Every module that runs for it.</summary>
    public IEnumerable<nn.Module> Modules => new[] { Module, Substitute, OnBranch }.OfType<nn.Module>();

    /// <summary>Its parameters under the names that the network's state dict gives them.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters => Layer is RawParameter raw
        ? [(key, module!.get_parameter(raw.Name)!)]
        : Module is null ? [] : Module.named_parameters().Select(p => ($"{key}.{p.name}", p.parameter));

    /// <summary>Puts another module in its place for good, such as a head for other classes.</summary>
    public void Replace(nn.Module other)
    {
        Module = other;
        Layer = (other, Layer) switch
        {
            (Linear linear, _) => new Dense(linear.in_features, linear.out_features, linear.bias is not null),
            (Conv2d conv, Convolution old) => old with { Out = conv.out_channels },
            _ => new Opaque(),
        };
    }

    /// <summary>Computes it.</summary>
    /// <param name="x">Its inputs.</param>
    /// <param name="inPlace">Whether the first may be overwritten.</param>
    public Tensor Run(Tensor[] x, bool inPlace)
    {
        if (Substitute is not null)
            return Substitute.call(x[0]);
        if (OnBranch is null)
            return Layer.Run(Holder, x, inPlace);
        var branch = OnBranch.call(x[0]);
        var own = !ReferenceEquals(branch, x[0]);
        var sum = Layer.Run(Module, [branch, .. x[1..]], inPlace || own);
        if (own && !ReferenceEquals(sum, branch))
            branch.Dispose();
        return sum;
    }
}
