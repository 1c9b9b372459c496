using FineTune.Models.Graph;
using FineTune.Models.Layers;

namespace FineTune.Models;

/// <summary>
/// Inverted residuals with linear bottlenecks (Sandler et al. 2018, arXiv 1801.04381, table 2), with torchvision's names and keys.
/// </summary>
internal static class MobileNetV2
{
    // (expansion, channels, repeats, stride) of the paper's table; a stage ends where the size halves.
    private static readonly (int Expansion, int Channels, int Repeats, int Stride)[] Table =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    /// <summary>Stages stem, layer1 .. layer4, last, pool, head.</summary>
    public static NetworkGraph Describe(string name, long classes)
    {
        var x = new GraphBuilder(name, Preprocessing.ImageNet).Input("stem");
        x = x.ConvNorm("features.0.0", "features.0.1", 32, 3, stride: 2).Activate(ActivationKind.Relu6);
        var (block, stage) = (1, 1);
        foreach (var (expansion, channels, repeats, stride) in Table)
        {
            x = stride == 2 ? x.Begin($"layer{stage++}") : x;
            for (var b = 0; b < repeats; b++, block++)
                x = Block(x, $"features.{block}.conv", expansion * x.Channels, channels, b == 0 ? stride : 1);
        }

        x = x.Begin("last").ConvNorm($"features.{block}.0", $"features.{block}.1", 1280).Activate(ActivationKind.Relu6);
        return x.PoolAndHead("classifier.1", classes).Finish(Initialisations.Of(Initialisations.FanOut, Initialisations.SmallNormal));
    }

    private static Value Block(Value x, string key, long hidden, long channels, long stride)
    {
        var (y, k) = (x, 0);
        if (hidden != x.Channels)
            y = y.ConvNorm($"{key}.{k}.0", $"{key}.{k++}.1", hidden).Activate(ActivationKind.Relu6);
        y = y.ConvNorm($"{key}.{k}.0", $"{key}.{k++}.1", hidden, 3, stride, groups: hidden).Activate(ActivationKind.Relu6);
        y = y.ConvNorm($"{key}.{k}", $"{key}.{k + 1}", channels);
        return stride == 1 && x.Channels == channels ? y.Plus(x) : y;
    }
}
