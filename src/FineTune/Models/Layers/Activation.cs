using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Models.Layers;

/// <summary>The kinds of <see cref="Activation"/>.</summary>
internal enum ActivationKind
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>min(max(x, 0), 6).</summary>
    Relu6,

    /// <summary>x above 0, else 0.1 x.</summary>
    LeakyRelu,

    /// <summary>x sigmoid(x) (Swish).</summary>
    Silu,

    /// <summary>x min(max(x + 3, 0), 6) / 6.</summary>
    HardSwish,

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    HardSigmoid,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>x times the normal distribution's probability of less than x.</summary>
    Gelu,
}

/// <summary>A function of each value by itself.</summary>
internal sealed record Activation(ActivationKind Kind) : Layer
{
    /// <summary>Of the leaky ReLU below 0.</summary>
    public const double Slope = 0.1;

    public override Tensor Run(nn.Module? module, Tensor[] x, bool inPlace) => (Kind, inPlace) switch
    {
        (ActivationKind.Relu, true) => x[0].relu_(),
        (ActivationKind.Relu, _) => x[0].relu(),
        (ActivationKind.Relu6, _) => nn.functional.relu6(x[0], inPlace),
        (ActivationKind.LeakyRelu, true) => x[0].LeakyReluInPlace(Slope),
        (ActivationKind.LeakyRelu, _) => x[0].LeakyRelu(Slope),
        (ActivationKind.Silu, _) => nn.functional.silu(x[0]),
        (ActivationKind.HardSwish, _) => nn.functional.hardswish(x[0]),
        (ActivationKind.HardSigmoid, _) => nn.functional.hardsigmoid(x[0]),
        (ActivationKind.Sigmoid, _) => x[0].sigmoid(),
        _ => nn.functional.gelu(x[0]),
    };
}
