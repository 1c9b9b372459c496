using FineTune.Models.Graph;

namespace FineTune.Models;

/// <summary>
/// The small residual networks for 32 x 32 images (He et al. 2015, section 4.2): 6n + 2 layers of 16, 32, 64 channels,
/// shortcuts of option A: every second pixel, the new channels zero.
/// </summary>
internal static class CifarResNet
{
    /// <summary>Stages stem, layer1 .. layer3, pool, head.</summary>
    public static NetworkGraph Describe(string name, int depth, long classes)
    {
        var x = new GraphBuilder(name, Preprocessing.Cifar).Input("stem").ConvNorm("conv1", "bn1", 16, 3).Relu();
        for (var k = 0; k < 3; k++)
        {
            x = x.Begin($"layer{k + 1}");
            for (var b = 0; b < (depth - 2) / 6; b++)
                x = Block(x, $"layer{k + 1}.{b}", 16L << k, stride: k > 0 && b == 0 ? 2 : 1);
        }

        return x.PoolAndHead("linear", classes).Finish(Initialisations.Of(Initialisations.FanIn));
    }

    private static Value Block(Value x, string key, long planes, long stride)
    {
        var y = x.ConvNorm($"{key}.conv1", $"{key}.bn1", planes, 3, stride).Relu().ConvNorm($"{key}.conv2", $"{key}.bn2", planes, 3);
        return y.Plus(stride == 1 ? x : x.PaddedShortcut(planes)).Relu();
    }
}
