namespace FineTune.Weights;

/// <summary>Names of VGG, RegNet and ConvNeXt in timm, and in the original repository where those differ.</summary>
internal static class ConvolutionNames
{
    private const string RegNetBlock = "trunk_output.block{s}.block{s}-{b}", ConvNeXtBlock = "features.{2k+1}.{b}";

    /// <summary>timm's hidden layers are convolutions over the last map of 7x7, and over 1x1.</summary>
    public static KeyConvention Vgg { get; } = new(
        Conventions.TimmNames,
        [
            new("classifier.0", "pre_logits.fc1", KeyShape.Convolution(7)),
            new("classifier.3", "pre_logits.fc2", KeyShape.Convolution(1)),
            new("classifier.6", "head.fc"),
        ]);

    /// <summary>timm counts blocks from 1.</summary>
    public static KeyConvention RegNet { get; } = new(
        Conventions.TimmNames,
        [
            new("stem.0", "stem.conv"),
            new("stem.1", "stem.bn"),
            .. RegNetUnit("f.a", "conv1"),
            .. RegNetUnit("f.b", "conv2"),
            .. RegNetUnit("f.c", "conv3"),
            .. RegNetUnit("proj", "downsample"),
            new($"{RegNetBlock}.f.se", "s{s}.b{b+1}.se"),
            new("fc", "head.fc"),
        ]);

    /// <summary>timm since 0.6.</summary>
    public static KeyConvention ConvNeXt { get; } = new(
        Conventions.TimmNames,
        [
            new("features.0", "stem"),
            new("features.{2k}", "stages.{k}.downsample"),
            new($"{ConvNeXtBlock}.block.0", "stages.{k}.blocks.{b}.conv_dw"),
            new($"{ConvNeXtBlock}.block.2", "stages.{k}.blocks.{b}.norm"),
            new($"{ConvNeXtBlock}.block.3", "stages.{k}.blocks.{b}.mlp.fc1", KeyShape.Matrix),
            new($"{ConvNeXtBlock}.block.5", "stages.{k}.blocks.{b}.mlp.fc2", KeyShape.Matrix),
            new($"{ConvNeXtBlock}.layer_scale", "stages.{k}.blocks.{b}.gamma", KeyShape.Scale),
            new("classifier.0", "head.norm"),
            new("classifier.2", "head.fc"),
        ]);

    /// <summary>The original repository's.</summary>
    public static KeyConvention ConvNeXtOfFacebook { get; } = new(
        "Facebook's",
        [
            new("features.{2k}", "downsample_layers.{k}"),
            new($"{ConvNeXtBlock}.block.0", "stages.{k}.{b}.dwconv"),
            new($"{ConvNeXtBlock}.block.2", "stages.{k}.{b}.norm"),
            new($"{ConvNeXtBlock}.block.3", "stages.{k}.{b}.pwconv1"),
            new($"{ConvNeXtBlock}.block.5", "stages.{k}.{b}.pwconv2"),
            new($"{ConvNeXtBlock}.layer_scale", "stages.{k}.{b}.gamma", KeyShape.Scale),
            new("classifier.0", "norm"),
            new("classifier.2", "head"),
        ]);

    private static IEnumerable<KeyRule> RegNetUnit(string torchvision, string timm) =>
    [
        new($"{RegNetBlock}.{torchvision}.0", $"s{{s}}.b{{b+1}}.{timm}.conv"),
        new($"{RegNetBlock}.{torchvision}.1", $"s{{s}}.b{{b+1}}.{timm}.bn"),
    ];
}
