using FineTune.Models.Graph;
using FineTune.Models.Layers;

namespace FineTune.Models;

/// <summary>
/// Half of the channels pass, half are convolved, then they are shuffled (Ma et al. 2018, arXiv 1807.11164, table 5), with torchvision's
/// names and keys.
/// </summary>
internal static class ShuffleNetV2
{
    private static readonly int[] Repeats = [4, 8, 4];

    /// <summary>Stages stem, stage2 .. stage4, conv5, pool, head.</summary>
    /// <param name="name">The name.</param>
    /// <param name="channels">Of stage2 .. stage4 and conv5.</param>
    /// <param name="classes">Outputs of the head.</param>
    public static NetworkGraph Describe(string name, long[] channels, long classes)
    {
        var x = new GraphBuilder(name, Preprocessing.ImageNet).Input("stem");
        x = x.ConvNorm("conv1.0", "conv1.1", 24, 3, stride: 2).Relu().MaxPool(3, 2, 1);
        for (var k = 0; k < Repeats.Length; k++)
        {
            x = Halved(x.Begin($"stage{k + 2}"), $"stage{k + 2}.0", channels[k] / 2);
            for (var b = 1; b < Repeats[k]; b++)
                x = Block(x, $"stage{k + 2}.{b}");
        }

        return x.Begin("conv5").ConvNorm("conv5.0", "conv5.1", channels[3]).Relu().PoolAndHead("fc", classes).Finish(Initialisations.None);
    }

    /// <summary>Figure 3 (c).</summary>
    private static Value Block(Value x, string key)
    {
        var half = x.Channels / 2;
        return x.Then(new Slice(0, half)).Concat(Branch(x.Then(new Slice(half, half)), key, half, 1)).Then(new Shuffle(2));
    }

    /// <summary>Figure 3 (d): to half the size.</summary>
    private static Value Halved(Value x, string key, long half)
    {
        var y = x.ConvNorm($"{key}.branch1.0", $"{key}.branch1.1", x.Channels, 3, 2, groups: x.Channels);
        return y.ConvNorm($"{key}.branch1.2", $"{key}.branch1.3", half).Relu().Concat(Branch(x, key, half, 2)).Then(new Shuffle(2));
    }

    private static Value Branch(Value x, string key, long channels, long stride) => x
        .ConvNorm($"{key}.branch2.0", $"{key}.branch2.1", channels).Relu()
        .ConvNorm($"{key}.branch2.3", $"{key}.branch2.4", channels, 3, stride, groups: channels)
        .ConvNorm($"{key}.branch2.5", $"{key}.branch2.6", channels).Relu();
}
