using FineTune.Models.Graph;
using FineTune.Models.Layers;

namespace FineTune.Models;

/// <summary>
/// Depthwise separable convolutions (Howard et al. 2017, arXiv 1704.04861), with a width multiplier. Leaky ReLU of slope
/// 0.1 after every batch norm, keys stage1..3 and fc: the form in which the public x0.25 weights are found.
/// </summary>
internal static class MobileNetV1
{
    // (output channels at width 1, stride) of each separable block.
    private static readonly (int Channels, int Stride)[][] Table =
    [
        [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1)],
        [(512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1)],
        [(1024, 2), (1024, 1)],
    ];

    /// <summary>Stages stage1 .. stage3, pool, head.</summary>
    public static NetworkGraph Describe(string name, double width, long classes)
    {
        var x = new GraphBuilder(name, Preprocessing.ImageNet).Input("stage1");
        x = x.ConvNorm("stage1.0.0", "stage1.0.1", (long)(32 * width), 3, stride: 2).Activate(ActivationKind.LeakyRelu);
        for (var k = 0; k < Table.Length; k++)
        {
            x = k == 0 ? x : x.Begin($"stage{k + 1}");
            for (var b = 0; b < Table[k].Length; b++)
                x = Separable(x, $"stage{k + 1}.{(k == 0 ? b + 1 : b)}", (long)(Table[k][b].Channels * width), Table[k][b].Stride);
        }

        return x.PoolAndHead("fc", classes).Finish(Initialisations.Of(Initialisations.FanOutOfLeaky(Activation.Slope)));
    }

    /// <summary>A 3x3 filter a channel, then a 1x1 convolution across channels.</summary>
    private static Value Separable(Value x, string key, long channels, long stride) => x
        .ConvNorm($"{key}.0", $"{key}.1", x.Channels, 3, stride, groups: x.Channels).Activate(ActivationKind.LeakyRelu)
        .ConvNorm($"{key}.3", $"{key}.4", channels).Activate(ActivationKind.LeakyRelu);
}
