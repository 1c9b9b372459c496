using Pair = (string Torchvision, string Timm);

namespace FineTune.Weights;

/// <summary>Names of MobileNet v2 and v3, MNASNet and EfficientNet in timm, which builds them all of the same blocks.</summary>
internal static class MobileNames
{
    // Layers of a block: expansion, depthwise, squeeze and excitation, projection.
    private static readonly Pair[] Expansion = [("0.0", "conv_pw"), ("0.1", "bn1"), ("1.0", "conv_dw"), ("1.1", "bn2")];
    private static readonly Pair[] Depthwise = [("0.0", "conv_dw"), ("0.1", "bn1")];
    private static readonly Pair[] Inverted = [.. Expansion, ("2.0", "conv_pwl"), ("2.1", "bn3")];
    private static readonly Pair[] InvertedSqueezed = [.. Expansion, .. Squeeze(2), ("3.0", "conv_pwl"), ("3.1", "bn3")];
    private static readonly Pair[] Separable = [.. Depthwise, ("1.0", "conv_pw"), ("1.1", "bn2")];
    private static readonly Pair[] SeparableSqueezed = [.. Depthwise, .. Squeeze(1), ("2.0", "conv_pw"), ("2.1", "bn2")];
    private static readonly Pair[] Fused = [("0.0", "conv_exp"), ("0.1", "bn1"), ("1.0", "conv_pwl"), ("1.1", "bn2")];
    private static readonly Pair[] Single = [("0.0", "conv"), ("0.1", "bn1")];

    /// <summary>Both versions; stages of both count alike, torchvision's from 1.</summary>
    public static KeyConvention EfficientNet { get; } = new(
        Conventions.TimmNames,
        [
            .. Stem("features.0"),
            .. Block("features.{s+1}.{b}.block", "blocks.{s}.{b}", InvertedSqueezed, where: "3.0.weight"),
            .. Block("features.{s+1}.{b}.block", "blocks.{s}.{b}", SeparableSqueezed, where: "2.0.weight"),
            .. Block("features.{s+1}.{b}.block", "blocks.{s}.{b}", Fused, where: "1.0.weight"),
            .. Block("features.{s+1}.{b}.block", "blocks.{s}.{b}", Single, where: "0.0.weight"),
            .. Head("features.{s}"),
        ]);

    public static KeyConvention MobileNetV3Small { get; } = MobileNetV3([1, 2, 3, 2, 3]);

    public static KeyConvention MobileNetV3Large { get; } = MobileNetV3([1, 2, 3, 4, 2, 3]);

    public static KeyConvention MobileNetV2 { get; } = new(
        Conventions.TimmNames,
        [
            .. Stem("features.0"),
            .. InStages([1, 2, 3, 4, 3, 3, 1]).SelectMany(p => p.Timm == "blocks.0.0"
                ? Layers($"{p.Torchvision}.conv", p.Timm, [.. Depthwise, ("1", "conv_pw"), ("2", "bn2")])
                : Layers($"{p.Torchvision}.conv", p.Timm, [.. Expansion, ("2", "conv_pwl"), ("3", "bn3")])),
            .. Head("features.18"),
        ]);

    /// <summary>The first block's layers stand among the stem's in torchvision.</summary>
    public static KeyConvention MnasNet { get; } = new(
        Conventions.TimmNames,
        [
            .. Layers("layers", string.Empty, [("0", "conv_stem"), ("1", "bn1"), ("14", "conv_head"), ("15", "bn2")]),
            .. Layers("layers", "blocks.0.0", [("3", "conv_dw"), ("4", "bn1"), ("6", "conv_pw"), ("7", "bn2")]),
            .. Layers(
                "layers.{s+7}.{b}.layers",
                "blocks.{s}.{b}",
                [("0", "conv_pw"), ("1", "bn1"), ("3", "conv_dw"), ("4", "bn2"), ("6", "conv_pwl"), ("7", "bn3")]),
            new("classifier.1", "classifier"),
        ]);

    /// <summary>The last convolution is a stage of its own in timm, and the hidden layer a 1x1 convolution.</summary>
    private static KeyConvention MobileNetV3(int[] blocks) => new(
        Conventions.TimmNames,
        [
            .. Stem("features.0"),
            .. InStages(blocks).SelectMany(p => (KeyRule[])
            [
                .. Block($"{p.Torchvision}.block", p.Timm, InvertedSqueezed, where: "3.0.weight"),
                .. Block($"{p.Torchvision}.block", p.Timm, SeparableSqueezed, where: "1.fc1.weight"),
                .. Block($"{p.Torchvision}.block", p.Timm, Inverted, where: "2.0.weight"),
                .. Block($"{p.Torchvision}.block", p.Timm, Separable, where: "1.0.weight"),
            ]),
            .. Layers($"features.{blocks.Sum() + 1}", $"blocks.{blocks.Length}.0", [("0", "conv"), ("1", "bn1")]),
            new("classifier.0", "conv_head", KeyShape.Convolution(1)),
            new("classifier.3", "classifier"),
        ]);

    private static Pair[] Squeeze(int at) => [($"{at}.fc1", "se.conv_reduce"), ($"{at}.fc2", "se.conv_expand")];

    private static IEnumerable<KeyRule> Stem(string key) => Layers(key, string.Empty, [("0", "conv_stem"), ("1", "bn1")]);

    private static IEnumerable<KeyRule> Head(string key) =>
        [.. Layers(key, string.Empty, [("0", "conv_head"), ("1", "bn2")]), new("classifier.1", "classifier")];

    private static IEnumerable<KeyRule> Block(string torchvision, string timm, Pair[] layers, string where) =>
        Layers(torchvision, timm, layers).Select(r => r with { Where = $"{torchvision}.{where}" });

    private static IEnumerable<KeyRule> Layers(string torchvision, string timm, Pair[] layers) =>
        layers.Select(l => new KeyRule($"{torchvision}.{l.Torchvision}", timm.Length == 0 ? l.Timm : $"{timm}.{l.Timm}"));

    /// <summary>Blocks that torchvision numbers through, from 1, and timm by stage.</summary>
    private static IEnumerable<Pair> InStages(int[] blocks)
    {
        var at = 1;
        for (var s = 0; s < blocks.Length; s++)
        {
            for (var b = 0; b < blocks[s]; b++)
                yield return ($"features.{at++}", $"blocks.{s}.{b}");
        }
    }
}
