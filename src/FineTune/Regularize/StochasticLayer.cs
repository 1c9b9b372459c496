using FineTune.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Regularize;

/// <summary>
/// A layer without parameters that draws in training and is marginalised in inference. It draws from the engine's generator,
/// which a training step seeds by its number.
/// </summary>
public abstract class StochasticLayer : ExplicitModule
{
    private protected StochasticLayer(string name)
        : base(name)
    {
    }

    /// <summary>A draw in training, else what stands for all draws.</summary>
    public sealed override Tensor forward(Tensor input) => training ? Sample(input) : Marginal(input);

    /// <summary>The layers of a network that draw in training, PyTorch's own dropout among them.</summary>
    public static IReadOnlyList<nn.Module> In(Network network) =>
        [.. network.modules().Where(m => m is StochasticLayer or Dropout { p: > 0 } or Dropout2d { p: > 0 })];

    /// <summary>One draw. A new tensor.</summary>
    private protected abstract Tensor Sample(Tensor input);

    /// <summary>What inference uses in place of draws; the input itself unless the layer says otherwise.</summary>
    private protected virtual Tensor Marginal(Tensor input) => input;

    /// <summary>
    /// Independent draws of 1 with probability <paramref name="p"/>, else 0, as <paramref name="like"/> in type and device.
    /// </summary>
    private protected static Tensor Bernoulli(Tensor like, double p, params long[] shape) =>
        empty(shape, like.dtype, like.device).bernoulli_(p);
}
