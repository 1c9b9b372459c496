using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Transfer.Heads;

/// <summary>What an exact head is fitted to.</summary>
internal static class HeadFeatures
{
    /// <summary>Features in double precision on the CPU, and their variance, summed over the features.</summary>
    /// <param name="features">[n, d], of any floating type.</param>
    /// <returns>[n, d] and [d], in the scope of the moment, and the sum.</returns>
    /// <exception cref="FineTuneException">They are not finite, or all alike.</exception>
    public static (Tensor X, Tensor Mean, double Variance) Read(Tensor features)
    {
        var x = features.detach().to(ScalarType.Float64, CPU);
        var mean = x.mean([0L]);
        var variance = (x - mean).Power(2).sum().item<double>() / x.shape[0];
        if (!(variance > 0) || !double.IsFinite(variance))
        {
            throw new FineTuneException("The network's features of these images are "
                + $"{(double.IsFinite(variance) ? "all alike" : "not finite")}; no head can be fitted to them.");
        }
        return (x, mean, variance);
    }
}
