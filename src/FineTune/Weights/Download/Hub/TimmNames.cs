namespace FineTune.Weights;

/// <summary>timm's names of architectures that the zoo has.</summary>
internal static class TimmNames
{
    private static readonly string[] Same =
    [
        "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d",
        "wide_resnet50_2", "wide_resnet101_2", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn",
        "densenet121", "densenet161", "densenet169", "densenet201", "inception_v3",
        "efficientnet_b0", "efficientnet_b1", "efficientnet_b2", "efficientnet_b3", "efficientnet_b4",
        "convnext_tiny", "convnext_small", "convnext_base", "convnext_large",
    ];

    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["mobilenetv2_100"] = "mobilenet_v2",
        ["mobilenetv3_large_100"] = "mobilenet_v3_large_timm",
        ["mobilenetv3_small_100"] = "mobilenet_v3_small_timm",
        ["efficientnet_b5"] = "efficientnet_b5_timm",
        ["efficientnet_b6"] = "efficientnet_b6_timm",
        ["efficientnet_b7"] = "efficientnet_b7_timm",
        ["mnasnet_050"] = "mnasnet0_5",
        ["mnasnet_075"] = "mnasnet0_75",
        ["mnasnet_100"] = "mnasnet1_0",
        ["regnetx_004"] = "regnet_x_400mf",
        ["regnetx_008"] = "regnet_x_800mf",
        ["regnetx_016"] = "regnet_x_1_6gf",
        ["regnetx_032"] = "regnet_x_3_2gf",
        ["regnetx_080"] = "regnet_x_8gf",
        ["regnetx_160"] = "regnet_x_16gf",
        ["regnetx_320"] = "regnet_x_32gf",
        ["regnety_004"] = "regnet_y_400mf",
        ["regnety_008"] = "regnet_y_800mf",
        ["regnety_016"] = "regnet_y_1_6gf",
        ["regnety_032"] = "regnet_y_3_2gf",
        ["regnety_080"] = "regnet_y_8gf",
        ["regnety_160"] = "regnet_y_16gf",
        ["regnety_320"] = "regnet_y_32gf",
        ["vit_base_patch16_224"] = "vit_b_16",
        ["vit_base_patch32_224"] = "vit_b_32",
        ["vit_large_patch16_224"] = "vit_l_16",
        ["vit_large_patch32_224"] = "vit_l_32",
        ["deit_base_patch16_224"] = "vit_b_16",
        ["swin_tiny_patch4_window7_224"] = "swin_t",
        ["swin_small_patch4_window7_224"] = "swin_s",
        ["swin_base_patch4_window7_224"] = "swin_b",
    };

    /// <summary>Our name of timm's architecture.</summary>
    /// <exception cref="FineTuneException">The zoo has none that computes the same.</exception>
    public static string Ours(string timm, HubName repository)
    {
        var shown = WeightException.Printable(timm);
        if ((Same.Contains(timm) ? timm : Renamed.GetValueOrDefault(timm)) is { } ours)
            return ours;
        if (timm.StartsWith("tf_", StringComparison.Ordinal))
            throw new FineTuneException($"{repository} is of timm's {shown}, which pads as TensorFlow does; no model here does.");
        var known = string.Join(", ", Same.Concat(Renamed.Keys).Order(StringComparer.Ordinal));
        throw new FineTuneException($"{repository} is of timm's {shown}, which no model here is; known are {known}.");
    }
}
