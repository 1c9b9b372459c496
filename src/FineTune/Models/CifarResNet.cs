using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>
/// The small residual networks for 32 x 32 images (He et al. 2015, section 4.2): 6n + 2 layers of 16, 32, 64 channels,
/// shortcuts of option A: every second pixel, the new channels zero.
/// </summary>
internal sealed class CifarResNet : ZooModel
{
    private readonly Conv2d _conv1 = nn.Conv2d(3, 16, 3, padding: 1, bias: false);
    private readonly BatchNorm2d _bn1 = nn.BatchNorm2d(16);
    private readonly ReLU _relu = nn.ReLU(inplace: true);
    private readonly Sequential[] _layers;

    private CifarResNet(string name, int depth)
        : base(name, "linear")
    {
        var blocks = (depth - 2) / 6;
        var channels = 16L;
        _layers = new Sequential[3];
        for (var k = 0; k < 3; k++)
        {
            var planes = 16L << k;
            _layers[k] = nn.Sequential();
            for (var b = 0; b < blocks; b++)
            {
                _layers[k].append(new Block(channels, planes, k > 0 && b == 0 ? 2 : 1));
                channels = planes;
            }
        }

        register_module("conv1", _conv1);
        register_module("bn1", _bn1);
        for (var k = 0; k < 3; k++)
            register_module($"layer{k + 1}", _layers[k]);
        foreach (var m in modules().OfType<Conv2d>())
            nn.init.kaiming_normal_(m.weight);
    }

    /// <summary>A network of this family with its stages: stem, layer1 .. layer3, head.</summary>
    public static Network Create(string name, int depth, int classes)
    {
        var net = new CifarResNet(name, depth);
        return net.Finish(64, classes, Preprocessing.Cifar, [
            new Stage("stem", () => [("conv1", net._conv1), ("bn1", net._bn1), ("relu", net._relu)]), // [N, 16, H, W]
            .. net._layers.Select((l, k) => new Stage($"layer{k + 1}", l)),
        ]);
    }

    private sealed class Block : ExplicitModule, IFoldable, IResidual
    {
        private readonly Conv2d _conv1;
        private readonly BatchNorm2d _bn1;
        private readonly Conv2d _conv2;
        private readonly BatchNorm2d _bn2;
        private readonly ReLU _relu = nn.ReLU(inplace: true);
        private readonly long _newChannels;
        private nn.Module<Tensor, Tensor>? _onBranch;

        public Block(long inputs, long planes, long stride)
            : base(nameof(Block))
        {
            _newChannels = planes - inputs;
            _conv1 = nn.Conv2d(inputs, planes, 3, stride: stride, padding: 1, bias: false);
            _bn1 = nn.BatchNorm2d(planes);
            _conv2 = nn.Conv2d(planes, planes, 3, padding: 1, bias: false);
            _bn2 = nn.BatchNorm2d(planes);
            register_module("conv1", _conv1);
            register_module("bn1", _bn1);
            register_module("conv2", _conv2);
            register_module("bn2", _bn2);
        }

        public override Tensor forward(Tensor input)
        {
            var y = _conv1.call(input).Into(_bn1).Into(_relu).Into(_conv2).Into(_bn2);
            return Join(_onBranch is null ? y : y.Into(_onBranch), input);
        }

        public void OnBranch(nn.Module<Tensor, Tensor> layer) => register_module("on_branch", _onBranch = layer);

        public Func<Tensor, Tensor> Folded(ICollection<IDisposable> owned)
        {
            var (first, second) = (Fold.Pair(_conv1, _bn1, owned), Fold.Pair(_conv2, _bn2, owned));
            return input =>
            {
                var y = first(input).Into(_relu);
                return Join(y.Replace(second(y)), input);
            };
        }

        private Tensor Join(Tensor y, Tensor input)
        {
            if (_newChannels == 0)
                return y.Replace(y.add_(input)).Into(_relu);
            var shortcut = Shortcut(input);
            y = y.Replace(y.add_(shortcut));
            shortcut.Dispose();
            return y.Into(_relu);
        }

        /// <summary>Option A: no parameters.</summary>
        private Tensor Shortcut(Tensor x) // [N, C, H, W] -> [N, 2C, H / 2, W / 2]
        {
            var rows = x.slice(2, 0, long.MaxValue, 2);
            var pixels = rows.Replace(rows.slice(3, 0, long.MaxValue, 2));
            var half = _newChannels / 2;
            return pixels.Replace(nn.functional.pad(pixels, [0, 0, 0, 0, half, half]));
        }
    }
}
