using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models.Graph;

/// <summary>Sets initial values of a network's modules, given by their keys, in the order of its description.</summary>
internal delegate void Initialisation(IReadOnlyList<(string Key, nn.Module Module)> modules);

/// <summary>The initial values that papers ask for, where they are not PyTorch's; biases of what is set are 0.</summary>
internal static class Initialisations
{
    private const double Small = 0.01;

    /// <summary>PyTorch's own.</summary>
    public static void None(IReadOnlyList<(string Key, nn.Module Module)> modules)
    {
    }

    /// <summary>Sets weights of convolutions and linear layers alike, and their biases to 0.</summary>
    public static Initialisation OfAll(Action<Parameter> fill) => Of(fill, fill);

    /// <summary>Sets weights of convolutions, and of linear layers, and their biases to 0.</summary>
    /// <param name="conv">Fills a convolution's weights; null: they stay PyTorch's.</param>
    /// <param name="linear">Fills a linear layer's weights; null: they stay PyTorch's.</param>
    public static Initialisation Of(Action<Parameter>? conv, Action<Parameter>? linear = null) => modules =>
    {
        using var _ = no_grad();
        foreach (var (_, module) in modules.SelectMany(m => m.Module.named_modules().Select(c => (m.Key, c.module)).Prepend(m)))
        {
            if (module is Conv2d c && conv is not null)
                Fill(conv, c.weight!, c.bias);
            else if (module is Linear l && linear is not null)
                Fill(linear, l.weight!, l.bias);
        }
    };

    /// <summary>Normal values that keep the variance of the gradient through ReLU (He et al. 2015, "fan out").</summary>
    public static void FanOut(Parameter weight) =>
        nn.init.kaiming_normal_(weight, 0, nn.init.FanInOut.FanOut, nn.init.NonlinearityType.ReLU);

    /// <summary>The same through leaky ReLU.</summary>
    public static Action<Parameter> FanOutOfLeaky(double slope) =>
        weight => nn.init.kaiming_normal_(weight, slope, nn.init.FanInOut.FanOut);

    /// <summary>Normal values that keep the variance of the output through ReLU ("fan in").</summary>
    public static void FanIn(Parameter weight) => nn.init.kaiming_normal_(weight);

    /// <summary>Normal values of deviation 0.01.</summary>
    public static void SmallNormal(Parameter weight) => weight.normal_(0, Small);

    /// <summary>Normal values within -2..2.</summary>
    public static Action<Parameter> TruncatedNormal(double deviation) => weight => nn.init.trunc_normal_(weight, std: deviation);

    /// <summary>Uniform values to both sides of 0, of the inverse root of the number of outputs.</summary>
    public static void UniformByOutputs(Parameter weight) => weight.uniform_(-1 / Math.Sqrt(weight.size(0)), 1 / Math.Sqrt(weight.size(0)));

    private static void Fill(Action<Parameter> fill, Parameter weight, Parameter? bias)
    {
        fill(weight);
        bias?.zero_();
    }
}
