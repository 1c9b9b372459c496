using FineTune.Models.Graph;

namespace FineTune.Models;

/// <summary>
/// Each layer sees the maps of all before it in its block (Huang et al. 2017, arXiv 1608.06993, table 1), with torchvision's names and
/// keys.
/// </summary>
internal static class DenseNet
{
    private const int Bottleneck = 4;

    /// <summary>Stages stem, block1 .. block4 (each with the transition after it), pool, head.</summary>
    public static NetworkGraph Describe(string name, int growth, int[] depths, long channels, long classes)
    {
        var x = new GraphBuilder(name, Preprocessing.ImageNet).Input("stem");
        x = x.ConvNorm("features.conv0", "features.norm0", channels, 7, stride: 2).Relu().MaxPool(3, 2, 1);
        for (var k = 1; k <= depths.Length; k++)
        {
            x = x.Begin($"block{k}");
            for (var b = 1; b <= depths[k - 1]; b++)
                x = x.Concat(Layer(x, $"features.denseblock{k}.denselayer{b}", growth));
            x = k == depths.Length
                ? x.Norm("features.norm5").Relu()
                : x.Norm($"features.transition{k}.norm").Relu().Conv($"features.transition{k}.conv", x.Channels / 2).AveragePool(2, 2);
        }

        return x.PoolAndHead("classifier", classes).Finish(Initialisations.Of(Initialisations.FanIn));
    }

    private static Value Layer(Value x, string key, int growth) =>
        x.Norm($"{key}.norm1").Relu().Conv($"{key}.conv1", Bottleneck * growth).Norm($"{key}.norm2").Relu().Conv($"{key}.conv2", growth, 3);
}
