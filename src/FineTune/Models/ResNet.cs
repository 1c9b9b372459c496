using FineTune.Models.Graph;

namespace FineTune.Models;

/// <summary>
/// Deep residual networks for ImageNet (He et al. 2015, arXiv 1512.03385, table 1), ResNeXt with grouped convolutions (Xie et al. 2017) and
/// wide ones (Zagoruyko and Komodakis 2016), with torchvision's names and keys.
/// </summary>
internal static class ResNet
{
    /// <summary>Stages stem, layer1 .. layer4, pool, head.</summary>
    /// <param name="name">The name.</param>
    /// <param name="depths">Blocks of each layer.</param>
    /// <param name="bottleneck">Whether a block is 1x1, 3x3, 1x1.</param>
    /// <param name="classes">Outputs of the head.</param>
    /// <param name="groups">Of the 3x3 convolution.</param>
    /// <param name="width">Channels of a group of the 3x3 convolution, where its block has 64 planes.</param>
    public static NetworkGraph Describe(string name, int[] depths, bool bottleneck, long classes, int groups = 1, int width = 64)
    {
        var x = new GraphBuilder(name, Preprocessing.ImageNet).Input("stem").ConvNorm("conv1", "bn1", 64, 7, stride: 2)
            .Relu().MaxPool(3, 2, 1);
        for (var k = 0; k < depths.Length; k++)
        {
            x = x.Begin($"layer{k + 1}");
            for (var b = 0; b < depths[k]; b++)
                x = Block(x, $"layer{k + 1}.{b}", 64L << k, stride: k > 0 && b == 0 ? 2 : 1, bottleneck, groups, width);
        }

        return x.PoolAndHead("fc", classes).Finish(Initialisations.Of(Initialisations.FanOut));
    }

    /// <summary>Two 3x3 convolutions, or 1x1, 3x3, 1x1 with four times the channels out (torchvision puts the stride on the 3x3).</summary>
    private static Value Block(Value x, string key, long planes, long stride, bool bottleneck, int groups, int width)
    {
        var (inner, outputs) = (planes * width / 64 * groups, bottleneck ? 4 * planes : planes);
        var y = bottleneck
            ? Unit(Unit(Unit(x, 1, inner).Relu(), 2, inner, 3, stride, groups).Relu(), 3, outputs)
            : Unit(Unit(x, 1, planes, 3, stride).Relu(), 2, planes, 3);
        var shortcut = stride == 1 && x.Channels == outputs
            ? x
            : x.ConvNorm($"{key}.downsample.0", $"{key}.downsample.1", outputs, 1, stride);
        return y.Plus(shortcut).Relu();

        Value Unit(Value v, int k, long channels, long kernel = 1, long step = 1, long parts = 1) =>
            v.ConvNorm($"{key}.conv{k}", $"{key}.bn{k}", channels, kernel, step, parts);
    }
}
