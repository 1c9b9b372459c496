using FineTune.Models.Graph;
using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>
/// Few parameters by 1x1 convolutions that squeeze before they expand (Iandola et al. 2016, arXiv 1602.07360), with torchvision's names and
/// keys. Its head is a 1x1 convolution whose maps are averaged.
/// </summary>
internal static class SqueezeNet
{
    // The channels that each fire module squeezes to; it expands to eight times as many.
    private static readonly int[] Squeezed = [16, 16, 32, 32, 48, 48, 64, 64];

    /// <summary>Stages stem, fire1 .. fire3, head.</summary>
    /// <param name="name">The name.</param>
    /// <param name="first">Version 1.0: a 7x7 convolution first, and pools later than in 1.1.</param>
    /// <param name="classes">Outputs of the head.</param>
    public static NetworkGraph Describe(string name, bool first, long classes)
    {
        var pools = first ? new[] { 3, 7 } : [2, 4]; // fire modules before the next pool
        var x = new GraphBuilder(name, Preprocessing.ImageNet).Input("stem");
        x = x.Conv("features.0", first ? 96 : 64, first ? 7 : 3, stride: 2, padding: 0, bias: true).Relu().MaxPool(3, 2, ceil: true);
        var (layer, stage) = (3, 1);
        for (var k = 0; k < Squeezed.Length; k++, layer++)
        {
            x = k == 0 || pools.Contains(k) ? x.Begin($"fire{stage++}") : x;
            x = Fire(x, $"features.{layer}", Squeezed[k]);
            if (!pools.Contains(k + 1))
                continue;
            x = x.MaxPool(3, 2, ceil: true);
            layer++;
        }

        return x.Begin("head").Dropout().Conv("classifier.1", classes, bias: true).Relu().GlobalAveragePool().Finish(Initialise);
    }

    private static void Initialise(IReadOnlyList<(string Key, nn.Module Module)> modules)
    {
        Initialisations.Of(weight => nn.init.kaiming_uniform_(weight))(modules);
        Initialisations.Of(Initialisations.SmallNormal)([modules.Last(m => m.Module is TorchSharp.Modules.Conv2d)]);
    }

    private static Value Fire(Value x, string key, long squeezed)
    {
        var s = x.Conv($"{key}.squeeze", squeezed, bias: true).Relu();
        var wide = s.Conv($"{key}.expand1x1", 4 * squeezed, bias: true).Relu();
        return wide.Concat(s.Conv($"{key}.expand3x3", 4 * squeezed, 3, bias: true).Relu());
    }
}
