using FineTune.Models.Graph;
using FineTune.Models.Layers;

namespace FineTune.Models;

/// <summary>
/// A transformer with attention in shifted windows, and maps that halve (Liu et al. 2021, arXiv 2103.14030, table 7), with torchvision's
/// names and keys.
/// </summary>
internal static class Swin
{
    private const double Eps = 1e-5, Deviation = 0.02;
    private const long Window = 7;

    /// <summary>Stages stem, layer1 .. layer4, pool, head.</summary>
    /// <param name="name">The name.</param>
    /// <param name="width">Values of a patch of 4 x 4 pixels.</param>
    /// <param name="depths">Blocks of each stage.</param>
    /// <param name="heads">Heads of the first stage's attention; each stage has twice as many as the last.</param>
    /// <param name="input">What its input looks like.</param>
    /// <param name="classes">Outputs of the head.</param>
    public static NetworkGraph Describe(string name, long width, int[] depths, long heads, Preprocessing input, long classes)
    {
        var x = new GraphBuilder(name, input).Input("stem").Conv("features.0.0", width, 4, 4, padding: 0, bias: true);
        x = x.Then(new ChannelsLast()).LayerNorm("features.0.2", Eps);
        for (var k = 0; k < depths.Length; k++)
        {
            x = x.Begin($"layer{k + 1}");
            if (k > 0)
            {
                x = x.Then(new MergedPatches()).LayerNorm($"features.{2 * k}.norm", Eps)
                    .Dense($"features.{2 * k}.reduction", width << k, bias: false);
            }
            for (var b = 0; b < depths[k]; b++)
                x = Block(x, $"features.{(2 * k) + 1}.{b}", heads << k, b % 2 == 0 ? 0 : Window / 2);
        }

        x = x.Begin("pool").LayerNorm("norm", Eps).Then(new ChannelsFirst()).GlobalAveragePool();
        return x.Begin("head").Dropout().Dense("head", classes)
            .Finish(Initialisations.Of(null, Initialisations.TruncatedNormal(Deviation)));
    }

    private static Value Block(Value x, string key, long heads, long shift)
    {
        var width = x.Shape[^1];
        x = x.LayerNorm($"{key}.norm1", Eps).Then(new WindowAttention(width, heads, Window, shift), $"{key}.attn").Plus(x);
        return x.LayerNorm($"{key}.norm2", Eps).Dense($"{key}.mlp.0", 4 * width).Activate(ActivationKind.Gelu)
            .Dense($"{key}.mlp.3", width).Plus(x);
    }
}
