using FineTune.Models.Graph;
using FineTune.Models.Layers;

namespace FineTune.Models;

/// <summary>
/// Depth, width and resolution scaled together (Tan and Le 2019, arXiv 1905.11946, table 1), and version 2 with fused blocks at the input
/// (Tan and Le 2021, arXiv 2104.00298, table 4), with torchvision's names and keys.
/// </summary>
internal static class EfficientNet
{
    private const ActivationKind Swish = ActivationKind.Silu;

    // Expansion, kernel, stride, channels in, channels out, blocks; whether fused.
    private static readonly Row[] B0 =
    [
        new(1, 3, 1, 32, 16, 1), new(6, 3, 2, 16, 24, 2), new(6, 5, 2, 24, 40, 2), new(6, 3, 2, 40, 80, 3),
        new(6, 5, 1, 80, 112, 3), new(6, 5, 2, 112, 192, 4), new(6, 3, 1, 192, 320, 1),
    ];

    /// <summary>Version 2's rows: small, medium, large.</summary>
    public static readonly IReadOnlyDictionary<string, Row[]> Second = new Dictionary<string, Row[]>
    {
        ["efficientnet_v2_s"] =
        [
            new(1, 3, 1, 24, 24, 2, true), new(4, 3, 2, 24, 48, 4, true), new(4, 3, 2, 48, 64, 4, true),
            new(4, 3, 2, 64, 128, 6), new(6, 3, 1, 128, 160, 9), new(6, 3, 2, 160, 256, 15),
        ],
        ["efficientnet_v2_m"] =
        [
            new(1, 3, 1, 24, 24, 3, true), new(4, 3, 2, 24, 48, 5, true), new(4, 3, 2, 48, 80, 5, true),
            new(4, 3, 2, 80, 160, 7), new(6, 3, 1, 160, 176, 14), new(6, 3, 2, 176, 304, 18), new(6, 3, 1, 304, 512, 5),
        ],
        ["efficientnet_v2_l"] =
        [
            new(1, 3, 1, 32, 32, 4, true), new(4, 3, 2, 32, 64, 7, true), new(4, 3, 2, 64, 96, 7, true),
            new(4, 3, 2, 96, 192, 10), new(6, 3, 1, 192, 224, 19), new(6, 3, 2, 224, 384, 25), new(6, 3, 1, 384, 640, 7),
        ],
    };

    /// <summary>B0 to B7. Stages stem, layer1 .. layer7, last, pool, head.</summary>
    /// <param name="name">The name.</param>
    /// <param name="width">Multiplies the channels.</param>
    /// <param name="depth">Multiplies the blocks.</param>
    /// <param name="input">What its input looks like.</param>
    /// <param name="norms">The batch norms' eps and momentum.</param>
    /// <param name="classes">Outputs of the head.</param>
    public static NetworkGraph First(
        string name, double width, double depth, Preprocessing input, (double Eps, double Momentum) norms, long classes)
    {
        var rows = B0.Select(r => r with
        {
            In = Widths.Divisible(r.In * width),
            Out = Widths.Divisible(r.Out * width),
            Blocks = (int)Math.Ceiling(r.Blocks * depth),
        });
        return Describe(name, [.. rows], 4 * Widths.Divisible(B0[^1].Out * width), input, norms, classes);
    }

    /// <summary>Either version. Stages stem, layer1 .. layer7, last, pool, head.</summary>
    public static NetworkGraph Describe(
        string name, Row[] rows, long last, Preprocessing input, (double Eps, double Momentum) norms, long classes)
    {
        var x = new GraphBuilder(name, input).Input("stem").Unit("features.0", rows[0].In, 3, 2, 1, Swish, norms);
        for (var k = 0; k < rows.Length; k++)
        {
            x = x.Begin($"layer{k + 1}");
            for (var b = 0; b < rows[k].Blocks; b++)
                x = Block(x, $"features.{k + 1}.{b}.block", b == 0 ? rows[k] : rows[k] with { Stride = 1 }, norms);
        }

        x = x.Begin("last").Unit($"features.{rows.Length + 1}", last, 1, 1, 1, Swish, norms);
        return x.PoolAndHead("classifier.1", classes).Finish(Initialisations.Of(Initialisations.FanOut, Initialisations.UniformByOutputs));
    }

    private static Value Block(Value x, string key, Row row, (double Eps, double Momentum) norms)
    {
        var hidden = Widths.Divisible(x.Channels * row.Expansion);
        var y = row.Fused ? Fused(x, key, row, hidden, norms) : Separable(x, key, row, hidden, norms);
        return row.Stride == 1 && x.Channels == row.Out ? y.Plus(x) : y;
    }

    private static Value Fused(Value x, string key, Row row, long hidden, (double Eps, double Momentum) norms) => hidden == x.Channels
        ? x.Unit($"{key}.0", row.Out, row.Kernel, row.Stride, 1, Swish, norms)
        : x.Unit($"{key}.0", hidden, row.Kernel, row.Stride, 1, Swish, norms).Unit($"{key}.1", row.Out, 1, 1, 1, null, norms);

    private static Value Separable(Value x, string key, Row row, long hidden, (double Eps, double Momentum) norms)
    {
        var (y, k) = (x, 0);
        if (hidden != x.Channels)
            y = y.Unit($"{key}.{k++}", hidden, 1, 1, 1, Swish, norms);
        y = y.Unit($"{key}.{k++}", hidden, row.Kernel, row.Stride, hidden, Swish, norms);
        y = y.SqueezeExcite($"{key}.{k++}", Math.Max(1, x.Channels / 4), Swish);
        return y.Unit($"{key}.{k}", row.Out, 1, 1, 1, null, norms);
    }

    /// <summary>Blocks of a stage.</summary>
    internal sealed record Row(double Expansion, long Kernel, long Stride, long In, long Out, int Blocks, bool Fused = false);
}
