using FineTune.Models.Graph;
using FineTune.Models.Layers;

namespace FineTune.Models;

/// <summary>
/// MobileNet v2 with squeeze and excitation and hard swish (Howard et al. 2019, arXiv 1905.02244, tables 1 and 2), with torchvision's
/// names and keys.
/// </summary>
internal static class MobileNetV3
{
    /// <summary>The paper's table 1: (kernel, expanded channels, channels, squeeze and excitation, hard swish, stride).</summary>
    public static readonly Row[] Large =
    [
        new(3, 16, 16, false, false, 1), new(3, 64, 24, false, false, 2), new(3, 72, 24, false, false, 1),
        new(5, 72, 40, true, false, 2), new(5, 120, 40, true, false, 1), new(5, 120, 40, true, false, 1),
        new(3, 240, 80, false, true, 2), new(3, 200, 80, false, true, 1), new(3, 184, 80, false, true, 1), new(3, 184, 80, false, true, 1),
        new(3, 480, 112, true, true, 1), new(3, 672, 112, true, true, 1),
        new(5, 672, 160, true, true, 2), new(5, 960, 160, true, true, 1), new(5, 960, 160, true, true, 1),
    ];

    /// <summary>The paper's table 2.</summary>
    public static readonly Row[] Small =
    [
        new(3, 16, 16, true, false, 2), new(3, 72, 24, false, false, 2), new(3, 88, 24, false, false, 1),
        new(5, 96, 40, true, true, 2), new(5, 240, 40, true, true, 1), new(5, 240, 40, true, true, 1),
        new(5, 120, 48, true, true, 1), new(5, 144, 48, true, true, 1),
        new(5, 288, 96, true, true, 2), new(5, 576, 96, true, true, 1), new(5, 576, 96, true, true, 1),
    ];

    /// <summary>Stages stem, layer1 .. layer4, last, classifier, head.</summary>
    /// <param name="name">The name.</param>
    /// <param name="rows">One of the tables.</param>
    /// <param name="hidden">Values before the last layer.</param>
    /// <param name="norms">The batch norms' eps and momentum.</param>
    /// <param name="classes">Outputs of the head.</param>
    public static NetworkGraph Describe(string name, Row[] rows, long hidden, (double Eps, double Momentum) norms, long classes)
    {
        var x = new GraphBuilder(name, Preprocessing.ImageNet).Input("stem")
            .Unit("features.0", 16, 3, 2, 1, ActivationKind.HardSwish, norms);
        var stage = 1;
        for (var k = 0; k < rows.Length; k++)
        {
            x = rows[k].Stride == 2 ? x.Begin($"layer{stage++}") : x;
            x = Block(x, $"features.{k + 1}.block", rows[k], norms);
        }

        x = x.Begin("last").Unit($"features.{rows.Length + 1}", 6 * x.Channels, 1, 1, 1, ActivationKind.HardSwish, norms);
        x = x.Begin("classifier").GlobalAveragePool().Dense("classifier.0", hidden).Activate(ActivationKind.HardSwish);
        return x.Begin("head").Dropout().Dense("classifier.3", classes)
            .Finish(Initialisations.Of(Initialisations.FanOut, Initialisations.SmallNormal));
    }

    private static Value Block(Value x, string key, Row row, (double Eps, double Momentum) norms)
    {
        var activation = row.HardSwish ? ActivationKind.HardSwish : ActivationKind.Relu;
        var (y, k) = (x, 0);
        if (row.Expanded != x.Channels)
            y = y.Unit($"{key}.{k++}", row.Expanded, 1, 1, 1, activation, norms);
        y = y.Unit($"{key}.{k++}", row.Expanded, row.Kernel, row.Stride, row.Expanded, activation, norms);
        if (row.Squeeze)
            y = y.SqueezeExcite($"{key}.{k++}", Widths.Divisible(row.Expanded / 4), ActivationKind.Relu, ActivationKind.HardSigmoid);
        y = y.Unit($"{key}.{k}", row.Channels, 1, 1, 1, null, norms);
        return row.Stride == 1 && x.Channels == row.Channels ? y.Plus(x) : y;
    }

    /// <summary>A block.</summary>
    internal sealed record Row(long Kernel, long Expanded, long Channels, bool Squeeze, bool HardSwish, long Stride);
}
