using FineTune.Models.Graph;
using FineTune.Models.Layers;

namespace FineTune.Models;

/// <summary>
/// A convolutional network with a transformer's proportions (Liu et al. 2022, arXiv 2201.03545, figure 4), with torchvision's names and
/// keys.
/// </summary>
internal static class ConvNeXt
{
    private const double Eps = 1e-6, Start = 1e-6, Deviation = 0.02;

    /// <summary>Stages stem, layer1 .. layer4, pool, head.</summary>
    /// <param name="name">The name.</param>
    /// <param name="channels">Of each stage.</param>
    /// <param name="depths">Blocks of each stage.</param>
    /// <param name="input">What its input looks like.</param>
    /// <param name="classes">Outputs of the head.</param>
    public static NetworkGraph Describe(string name, long[] channels, int[] depths, Preprocessing input, long classes)
    {
        var x = new GraphBuilder(name, input).Input("stem");
        x = x.Conv("features.0.0", channels[0], 4, stride: 4, padding: 0, bias: true).LayerNormOfMap("features.0.1", Eps);
        for (var k = 0; k < depths.Length; k++)
        {
            x = x.Begin($"layer{k + 1}");
            if (k > 0)
            {
                x = x.LayerNormOfMap($"features.{2 * k}.0", Eps)
                    .Conv($"features.{2 * k}.1", channels[k], 2, stride: 2, padding: 0, bias: true);
            }
            for (var b = 0; b < depths[k]; b++)
                x = Block(x, $"features.{(2 * k) + 1}.{b}");
        }

        x = x.Begin("pool").AdaptiveAveragePool(1).LayerNormOfMap("classifier.0", Eps).Flat();
        return x.Begin("head").Dropout().Dense("classifier.2", classes)
            .Finish(Initialisations.OfAll(Initialisations.TruncatedNormal(Deviation)));
    }

    private static Value Block(Value x, string key)
    {
        var y = x.Conv($"{key}.block.0", x.Channels, 7, groups: x.Channels, bias: true).Then(new ChannelsLast())
            .LayerNorm($"{key}.block.2", Eps);
        y = y.Dense($"{key}.block.3", 4 * x.Channels).Activate(ActivationKind.Gelu).Dense($"{key}.block.5", x.Channels)
            .Then(new ChannelsFirst());
        return y.Then(new LayerScale("layer_scale", x.Channels, Start), $"{key}.layer_scale").Plus(x);
    }
}
