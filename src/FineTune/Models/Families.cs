using FineTune.Images;
using Member = (string Name, System.Func<string, long, FineTune.Models.Graph.NetworkGraph> Describe);

namespace FineTune.Models;

/// <summary>The architectures of the zoo, by family.</summary>
internal static class Families
{
    private static readonly (double, double) Norms = (1e-5, 0.1), OfMobile = (1e-3, 0.01), OfSecond = (1e-3, 0.1);

    // Convolutions of each block of VGG 11 .. 19.
    private static readonly (string Layers, int[] Depths)[] VggDepths =
        [("11", [1, 1, 2, 2, 2]), ("13", [2, 2, 2, 2, 2]), ("16", [2, 2, 3, 3, 3]), ("19", [2, 2, 4, 4, 4])];

    /// <summary>Every one.</summary>
    public static IEnumerable<ModelEntry> All =>
    [
        .. Family("AlexNet (Krizhevsky 2014)", ("alexnet", AlexNet.Describe)),
        .. Family("VGG (Simonyan and Zisserman 2014)", [.. VggDepths.SelectMany(Plain)]),
        .. Family(
            "SqueezeNet (Iandola et al. 2016)",
            ("squeezenet1_0", (m, n) => SqueezeNet.Describe(m, true, n)),
            ("squeezenet1_1", (m, n) => SqueezeNet.Describe(m, false, n))),
        .. Family(
            "DenseNet (Huang et al. 2017)",
            ("densenet121", (m, n) => DenseNet.Describe(m, 32, [6, 12, 24, 16], 64, n)),
            ("densenet161", (m, n) => DenseNet.Describe(m, 48, [6, 12, 36, 24], 96, n)),
            ("densenet169", (m, n) => DenseNet.Describe(m, 32, [6, 12, 32, 32], 64, n)),
            ("densenet201", (m, n) => DenseNet.Describe(m, 32, [6, 12, 48, 32], 64, n))),
        .. Family("Inception (Szegedy et al. 2014, 2015)", ("googlenet", GoogLeNet.Describe), ("inception_v3", InceptionV3.Describe)),
        .. Family(
            "ResNet (He et al. 2015)",
            Residual("resnet18", [2, 2, 2, 2], false),
            Residual("resnet34", [3, 4, 6, 3], false),
            Residual("resnet50", [3, 4, 6, 3]),
            Residual("resnet101", [3, 4, 23, 3]),
            Residual("resnet152", [3, 8, 36, 3])),
        .. Family(
            "ResNeXt (Xie et al. 2017)",
            Residual("resnext50_32x4d", [3, 4, 6, 3], groups: 32, width: 4),
            Residual("resnext101_32x8d", [3, 4, 23, 3], groups: 32, width: 8),
            Residual("resnext101_64x4d", [3, 4, 23, 3], groups: 64, width: 4)),
        .. Family(
            "Wide ResNet (Zagoruyko and Komodakis 2016)",
            Residual("wide_resnet50_2", [3, 4, 6, 3], width: 128),
            Residual("wide_resnet101_2", [3, 4, 23, 3], width: 128)),
        new ModelEntry("cnn", "Plain network for small images, by options", Cnn.Options, (m, o, n) => Cnn.Describe(m, o, n)),
        .. Own("ResNet for CIFAR, option A shortcuts (He et al. 2015, 4.2)", [.. new[] { 20, 32, 44, 56, 110 }.Select(Cifar)]),
        .. Own(
            "MobileNet v1, leaky ReLU 0.1 (Howard et al. 2017)",
            ("mobilenet_v1", (m, n) => MobileNetV1.Describe(m, 1, n)),
            ("mobilenet_v1_075", (m, n) => MobileNetV1.Describe(m, 0.75, n)),
            ("mobilenet_v1_050", (m, n) => MobileNetV1.Describe(m, 0.5, n)),
            ("mobilenet_v1_025", (m, n) => MobileNetV1.Describe(m, 0.25, n))),
        .. Family("MobileNet v2 (Sandler et al. 2018)", ("mobilenet_v2", MobileNetV2.Describe)),
        .. Family(
            "MobileNet v3 (Howard et al. 2019)",
            ("mobilenet_v3_small", (m, n) => MobileNetV3.Describe(m, MobileNetV3.Small, 1024, OfMobile, n)),
            ("mobilenet_v3_large", (m, n) => MobileNetV3.Describe(m, MobileNetV3.Large, 1280, OfMobile, n))),
        .. Own(
            "MobileNet v3 with timm's batch norms (eps 1e-5)",
            ("mobilenet_v3_small_timm", (m, n) => MobileNetV3.Describe(m, MobileNetV3.Small, 1024, Norms, n)),
            ("mobilenet_v3_large_timm", (m, n) => MobileNetV3.Describe(m, MobileNetV3.Large, 1280, Norms, n))),
        .. Family(
            "MNASNet (Tan et al. 2018)",
            ("mnasnet0_5", (m, n) => MnasNet.Describe(m, 0.5, n)),
            ("mnasnet0_75", (m, n) => MnasNet.Describe(m, 0.75, n)),
            ("mnasnet1_0", (m, n) => MnasNet.Describe(m, 1, n)),
            ("mnasnet1_3", (m, n) => MnasNet.Describe(m, 1.3, n))),
        .. Family(
            "ShuffleNet v2 (Ma et al. 2018)",
            ("shufflenet_v2_x0_5", (m, n) => ShuffleNetV2.Describe(m, [48, 96, 192, 1024], n)),
            ("shufflenet_v2_x1_0", (m, n) => ShuffleNetV2.Describe(m, [116, 232, 464, 1024], n)),
            ("shufflenet_v2_x1_5", (m, n) => ShuffleNetV2.Describe(m, [176, 352, 704, 1024], n)),
            ("shufflenet_v2_x2_0", (m, n) => ShuffleNetV2.Describe(m, [244, 488, 976, 2048], n))),
        .. Family(
            "EfficientNet (Tan and Le 2019)",
            Efficient(0, 1.0, 1.0, 224, 256),
            Efficient(1, 1.0, 1.1, 240, 256),
            Efficient(2, 1.1, 1.2, 288, 288),
            Efficient(3, 1.2, 1.4, 300, 320),
            Efficient(4, 1.4, 1.8, 380, 384),
            Efficient(5, 1.6, 2.2, 456, 456),
            Efficient(6, 1.8, 2.6, 528, 528),
            Efficient(7, 2.0, 3.1, 600, 600)),
        .. Own(
            "EfficientNet with timm's batch norms (eps 1e-5)",
            Efficient(5, 1.6, 2.2, 456, 456, timm: true),
            Efficient(6, 1.8, 2.6, 528, 528, timm: true),
            Efficient(7, 2.0, 3.1, 600, 600, timm: true)),
        .. Family(
            "EfficientNet v2 (Tan and Le 2021)",
            Second("efficientnet_v2_s", Preprocessing.ForImageNet(384, 384)),
            Second("efficientnet_v2_m", Preprocessing.ForImageNet(480, 480)),
            Second("efficientnet_v2_l", Preprocessing.HalfCentred(480, 480) with { Interpolation = Interpolation.Bicubic })),
        .. Family(
            "RegNet X (Radosavovic et al. 2020)",
            Regular("x_400mf", 22, 24, 24.48, 2.54, 16),
            Regular("x_800mf", 16, 56, 35.73, 2.28, 16),
            Regular("x_1_6gf", 18, 80, 34.01, 2.25, 24),
            Regular("x_3_2gf", 25, 88, 26.31, 2.25, 48),
            Regular("x_8gf", 23, 80, 49.56, 2.88, 120),
            Regular("x_16gf", 22, 216, 55.59, 2.1, 128),
            Regular("x_32gf", 23, 320, 69.86, 2.0, 168)),
        .. Family(
            "RegNet Y (Radosavovic et al. 2020)",
            Regular("y_400mf", 16, 48, 27.89, 2.09, 8),
            Regular("y_800mf", 14, 56, 38.84, 2.4, 16),
            Regular("y_1_6gf", 27, 48, 20.71, 2.65, 24),
            Regular("y_3_2gf", 21, 80, 42.63, 2.66, 24),
            Regular("y_8gf", 17, 192, 76.82, 2.19, 56),
            Regular("y_16gf", 18, 200, 106.23, 2.48, 112),
            Regular("y_32gf", 20, 232, 115.89, 2.53, 232)),
        .. Family(
            "ConvNeXt (Liu et al. 2022)",
            Next("tiny", [96, 192, 384, 768], 9, 236),
            Next("small", [96, 192, 384, 768], 27, 230),
            Next("base", [128, 256, 512, 1024], 27, 232),
            Next("large", [192, 384, 768, 1536], 27, 232)),
        .. Family(
            "Vision Transformer (Dosovitskiy et al. 2020)",
            Vision("vit_b_16", 16, 12, 768, 12, 256),
            Vision("vit_b_32", 32, 12, 768, 12, 256),
            Vision("vit_l_16", 16, 24, 1024, 16, 242),
            Vision("vit_l_32", 32, 24, 1024, 16, 256)),
        .. Family(
            "Swin Transformer (Liu et al. 2021)",
            Shifted("swin_t", 96, 6, 3, 232),
            Shifted("swin_s", 96, 18, 3, 246),
            Shifted("swin_b", 128, 18, 4, 238)),
    ];

    /// <summary>One of torchvision's.</summary>
    private static IEnumerable<ModelEntry> Family(string title, params Member[] members) =>
        Own(title, members).Select(m => m with { IsTorchvisions = true });

    private static IEnumerable<ModelEntry> Own(string title, params Member[] members) =>
        members.Select(m => new ModelEntry(m.Name, title, n => m.Describe(m.Name, n)));

    private static IEnumerable<Member> Plain((string Layers, int[] Depths) v) =>
    [
        ($"vgg{v.Layers}", (m, n) => Vgg.Describe(m, v.Depths, false, n)),
        ($"vgg{v.Layers}_bn", (m, n) => Vgg.Describe(m, v.Depths, true, n)),
    ];

    private static Member Cifar(int depth) => ($"cifar_resnet{depth}", (m, n) => CifarResNet.Describe(m, depth, n));

    private static Member Residual(string name, int[] depths, bool bottleneck = true, int groups = 1, int width = 64) =>
        (name, (m, n) => ResNet.Describe(m, depths, bottleneck, n, groups, width));

    private static Member Efficient(int number, double width, double depth, int size, int resize, bool timm = false) => (
        $"efficientnet_b{number}{(timm ? "_timm" : string.Empty)}",
        (m, n) => EfficientNet.First(
            m, width, depth, Preprocessing.ForImageNet(size, resize, Interpolation.Bicubic), timm || number < 5 ? Norms : OfMobile, n));

    private static Member Second(string name, Preprocessing input) =>
        (name, (m, n) => EfficientNet.Describe(m, EfficientNet.Second[m], 1280, input, OfSecond, n));

    private static Member Regular(string name, int depth, long first, double slope, double factor, long groupWidth)
    {
        var rule = new RegNet.Rule(depth, first, slope, factor, groupWidth, Squeeze: name[0] == 'y');
        return ($"regnet_{name}", (m, n) => RegNet.Describe(m, rule, Preprocessing.ForImageNet(224, 232), n));
    }

    private static Member Next(string name, long[] channels, int third, int resize) =>
        ($"convnext_{name}", (m, n) => ConvNeXt.Describe(m, channels, [3, 3, third, 3], Preprocessing.ForImageNet(224, resize), n));

    private static Member Vision(string name, long patch, int depth, long width, long heads, int resize) =>
        (name, (m, n) => VisionTransformer.Describe(m, patch, depth, width, heads, Preprocessing.ForImageNet(224, resize), n));

    private static Member Shifted(string name, long width, int third, long heads, int resize) =>
        (
            name,
            (m, n) => Swin.Describe(m, width, [2, 2, third, 2], heads, Preprocessing.ForImageNet(224, resize, Interpolation.Bicubic), n));
}
