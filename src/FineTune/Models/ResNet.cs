using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>Deep residual networks for ImageNet (He et al. 2015, arXiv 1512.03385, table 1), with torchvision's names and keys.</summary>
internal sealed class ResNet : ZooModel
{
    private readonly Conv2d _conv1 = nn.Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false);
    private readonly BatchNorm2d _bn1 = nn.BatchNorm2d(64);
    private readonly ReLU _relu = nn.ReLU(inplace: true);
    private readonly MaxPool2d _maxpool = nn.MaxPool2d(3, stride: 2, padding: 1);
    private readonly Sequential[] _layers;
    private readonly long _features;

    private ResNet(string name, int[] depths, bool bottleneck)
        : base(name, "fc")
    {
        var channels = 64L;
        _layers = new Sequential[depths.Length];
        for (var k = 0; k < depths.Length; k++)
        {
            var planes = 64L << k;
            _layers[k] = nn.Sequential();
            for (var b = 0; b < depths[k]; b++)
            {
                var block = new Block(channels, planes, stride: k > 0 && b == 0 ? 2 : 1, bottleneck);
                _layers[k].append(block);
                channels = block.Outputs;
            }
        }

        _features = channels;
        register_module("conv1", _conv1);
        register_module("bn1", _bn1);
        for (var k = 0; k < depths.Length; k++)
            register_module($"layer{k + 1}", _layers[k]);
        foreach (var m in modules().OfType<Conv2d>())
            nn.init.kaiming_normal_(m.weight, 0, nn.init.FanInOut.FanOut, nn.init.NonlinearityType.ReLU);
    }

    /// <summary>A network of this family with its stages: stem, layer1 .. layer4, head.</summary>
    public static Network Create(string name, int[] depths, bool bottleneck, int classes)
    {
        var net = new ResNet(name, depths, bottleneck);
        return net.Finish(net._features, classes, Preprocessing.ImageNet, [
            new Stage("stem", () => [("conv1", net._conv1), ("bn1", net._bn1), ("relu", net._relu), ("maxpool", net._maxpool)]), // [N, 64, H / 4, W / 4]
            .. net._layers.Select((l, k) => new Stage($"layer{k + 1}", l)),
        ]);
    }

    /// <summary>Two 3x3 convolutions, or 1x1, 3x3, 1x1 with four times the channels out (torchvision puts the stride on the 3x3).</summary>
    private sealed class Block : ExplicitModule, IFoldable, IResidual
    {
        private readonly (Conv2d Conv, BatchNorm2d Norm)[] _path;
        private readonly Sequential? _downsample;
        private readonly ReLU _relu = nn.ReLU(inplace: true);
        private nn.Module<Tensor, Tensor>? _onBranch;

        public Block(long inputs, long planes, long stride, bool bottleneck)
            : base(nameof(Block))
        {
            Outputs = bottleneck ? planes * 4 : planes;
            _path = bottleneck
                ? [Unit(inputs, planes, 1, 1), Unit(planes, planes, 3, stride), Unit(planes, Outputs, 1, 1)]
                : [Unit(inputs, planes, 3, stride), Unit(planes, planes, 3, 1)];
            for (var k = 0; k < _path.Length; k++)
            {
                register_module($"conv{k + 1}", _path[k].Conv);
                register_module($"bn{k + 1}", _path[k].Norm);
            }

            if (stride != 1 || inputs != Outputs)
            {
                _downsample = nn.Sequential(nn.Conv2d(inputs, Outputs, 1, stride: stride, bias: false), nn.BatchNorm2d(Outputs));
                register_module("downsample", _downsample);
            }
        }

        public long Outputs { get; }

        public override Tensor forward(Tensor input)
        {
            var y = _path[0].Conv.call(input).Into(_path[0].Norm);
            foreach (var (conv, norm) in _path.Skip(1))
                y = y.Into(_relu).Into(conv).Into(norm);
            y = _onBranch is null ? y : y.Into(_onBranch);
            var shortcut = _downsample?.call(input);
            y = y.Replace(y.add_(shortcut ?? input));
            shortcut?.Dispose();
            return y.Into(_relu);
        }

        public void OnBranch(nn.Module<Tensor, Tensor> layer) => register_module("on_branch", _onBranch = layer);

        public Func<Tensor, Tensor> Folded(ICollection<IDisposable> owned)
        {
            var path = _path.Select(u => Fold.Pair(u.Conv, u.Norm, owned)).ToArray();
            var downsample = _downsample is null ? null : Fold.Chain([_downsample], owned);
            return input =>
            {
                var y = path[0](input);
                foreach (var convolution in path.Skip(1))
                {
                    y = y.Into(_relu);
                    y = y.Replace(convolution(y));
                }

                var shortcut = downsample?.Invoke(input);
                y = y.Replace(y.add_(shortcut ?? input));
                shortcut?.Dispose();
                return y.Into(_relu);
            };
        }

        private static (Conv2d Conv, BatchNorm2d Norm) Unit(long inputs, long outputs, long kernel, long stride) =>
            (nn.Conv2d(inputs, outputs, kernel, stride: stride, padding: kernel / 2, bias: false), nn.BatchNorm2d(outputs));
    }
}
