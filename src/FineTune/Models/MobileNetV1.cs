using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>
/// Depthwise separable convolutions (Howard et al. 2017, arXiv 1704.04861), with a width multiplier. Leaky ReLU of slope
/// 0.1 after every batch norm, keys stage1..3 and fc: the form in which the public x0.25 weights are found.
/// </summary>
internal sealed class MobileNetV1 : ZooModel
{
    private const double Slope = 0.1;

    // (output channels at width 1, stride) of each separable block.
    private static readonly (int Channels, int Stride)[][] Table =
    [
        [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1)],
        [(512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1)],
        [(1024, 2), (1024, 1)],
    ];

    private readonly Sequential[] _stages;

    private MobileNetV1(string name, double width)
        : base(name, "fc")
    {
        var channels = (long)(32 * width);
        _stages = new Sequential[Table.Length];
        for (var k = 0; k < Table.Length; k++)
        {
            _stages[k] = nn.Sequential();
            if (k == 0)
                _stages[k].append(nn.Sequential(nn.Conv2d(3, channels, 3, stride: 2, padding: 1, bias: false), nn.BatchNorm2d(channels), nn.LeakyReLU(Slope, inplace: true)));
            foreach (var (full, stride) in Table[k])
            {
                var outputs = (long)(full * width);
                _stages[k].append(Separable(channels, outputs, stride));
                channels = outputs;
            }
        }

        for (var k = 0; k < Table.Length; k++)
            register_module($"stage{k + 1}", _stages[k]);
        foreach (var m in modules().OfType<Conv2d>())
            nn.init.kaiming_normal_(m.weight, Slope, nn.init.FanInOut.FanOut);
    }

    /// <summary>A network of this family with its stages: stage1 .. stage3, head.</summary>
    public static Network Create(string name, double width, int classes)
    {
        var net = new MobileNetV1(name, width);
        return net.Finish((long)(1024 * width), classes, Preprocessing.ImageNet, net._stages.Select((s, k) => new Stage($"stage{k + 1}", s)));
    }

    /// <summary>A 3x3 filter a channel, then a 1x1 convolution across channels.</summary>
    private static Sequential Separable(long inputs, long outputs, long stride) => nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, stride: stride, padding: 1, groups: inputs, bias: false),
        nn.BatchNorm2d(inputs),
        nn.LeakyReLU(Slope, inplace: true),
        nn.Conv2d(inputs, outputs, 1, bias: false),
        nn.BatchNorm2d(outputs),
        nn.LeakyReLU(Slope, inplace: true));
}
