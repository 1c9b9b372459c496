using static TorchSharp.torch;

namespace FineTune.Models.Layers;

/// <summary>
/// A layer of a network's description: its sizes, and what it computes. Shapes are those of one image, without the batch:
/// [C, H, W] for maps, [tokens, C] for sequences, [C] for features.
/// </summary>
internal abstract record Layer
{
    /// <summary>Whether no gradient needs its output: the next layer may write over it.</summary>
    public virtual bool OutputIsFree => false;

    /// <summary>Values that it learns.</summary>
    public virtual long Parameters => 0;

    /// <summary>The shape of its output.</summary>
    /// <param name="inputs">The shapes of its inputs.</param>
    public virtual long[] Shape(IReadOnlyList<long[]> inputs) => inputs[0];

    /// <summary>Products that it sums up for one image; batch norms, activations, pools and biases count as nothing.</summary>
    /// <param name="inputs">The shapes of its inputs.</param>
    /// <param name="output">The shape of its output.</param>
    public virtual long MultiplyAdds(IReadOnlyList<long[]> inputs, long[] output) => 0;

    /// <summary>Its module, with PyTorch's initial values; null where it has none.</summary>
    public virtual nn.Module? Make() => null;

    /// <summary>Computes it.</summary>
    /// <param name="module">What <see cref="Make"/> made.</param>
    /// <param name="x">Its inputs.</param>
    /// <param name="inPlace">Whether the first input may be overwritten.</param>
    /// <returns>A new tensor, or the first input where that was overwritten.</returns>
    public abstract Tensor Run(nn.Module? module, Tensor[] x, bool inPlace);
}

/// <summary>A layer that is a module of one tensor.</summary>
internal abstract record ModuleLayer : Layer
{
    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace) =>
        module is TorchSharp.Modules.BatchNorm norm ? Norm.Run(norm, x[0]) : ((nn.Module<Tensor, Tensor>)module!).call(x[0]);
}

/// <summary>A module of an application's own: nothing is known of it but that it runs.</summary>
internal sealed record Opaque : ModuleLayer;

/// <summary>A layer with one parameter that has no module of its own in the state dict, but stands beside modules.</summary>
internal abstract record RawParameter(string Name, long[] Sizes) : Layer
{
    public override long Parameters => Sizes.Aggregate(1L, (a, b) => a * b);

    /// <summary>Its initial values.</summary>
    public abstract Tensor Initial();

    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace) => Run(module!.get_parameter(Name)!, x[0]);

    protected abstract Tensor Run(Tensor parameter, Tensor x);
}
