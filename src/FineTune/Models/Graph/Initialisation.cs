using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models.Graph;

/// <summary>Sets initial values of a network's modules, given by their keys, in the order of its description.</summary>
internal delegate void Initialisation(IReadOnlyList<(string Key, nn.Module Module)> modules);

/// <summary>The initial values that papers ask for.</summary>
internal static class Initialisations
{
    /// <summary>Of convolutions, normal values that keep the variance of the gradient through ReLU (He et al. 2015, "fan out").</summary>
    public static void FanOut(IReadOnlyList<(string Key, nn.Module Module)> modules) => FanOut(modules, 0);

    /// <summary>The same for leaky ReLU.</summary>
    public static Initialisation FanOutOfLeaky(double slope) => modules => FanOut(modules, slope);

    /// <summary>Of convolutions, normal values that keep the variance of the output through ReLU ("fan in").</summary>
    public static void FanIn(IReadOnlyList<(string Key, nn.Module Module)> modules)
    {
        foreach (var conv in modules.Select(m => m.Module).OfType<Conv2d>())
            nn.init.kaiming_normal_(conv.weight);
    }

    private static void FanOut(IReadOnlyList<(string Key, nn.Module Module)> modules, double slope)
    {
        foreach (var conv in modules.Select(m => m.Module).OfType<Conv2d>())
            nn.init.kaiming_normal_(conv.weight, slope, nn.init.FanInOut.FanOut, slope > 0 ? nn.init.NonlinearityType.LeakyReLU : nn.init.NonlinearityType.ReLU);
    }
}
