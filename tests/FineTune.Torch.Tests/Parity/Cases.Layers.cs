using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests.Parity;

internal static partial class Cases
{
    private static Dictionary<string, Func<Tensor[], Tensor[]>> Layers() => new()
    {
        ["conv2d"] = x => [F.conv2d(x[0], x[1])],
        ["conv2d.full"] = x => [F.conv2d(x[0], x[1], x[2], [2, 1], [1, 2], [1, 2], 2)],
        ["conv2d.each"] = x => [F.conv2d(x[0], x[1], padding: [1, 1], groups: 3)],
        ["batch_norm"] = x => Norm(x, (mean, var) => F.batch_norm(x[0], mean, var, x[3], x[4], training: true)),
        ["batch_norm.eval"] = x => Norm(x, (mean, var) => F.batch_norm(x[0], mean, var, x[3], x[4], false, 0.3, 1e-3)),
        ["linear"] = x => [F.linear(x[0], x[1], x[2])],
        ["linear.plain"] = x => [F.linear(x[0], x[1])],
        ["max_pool2d"] = x => [F.max_pool2d(x[0], [2, 2])],
        ["max_pool2d.padded"] = x => [F.max_pool2d(x[0], [3, 2], [2, 1], [1, 0])],
        ["max_pool2d.ceil"] = x => [F.max_pool2d(x[0], [3, 3], [2, 2], ceil_mode: true)],
        ["max_pool2d.dilated"] = x => [F.max_pool2d(x[0], [2, 2], [1, 1], dilation: [2, 2])],
        ["max_pool2d.positions"] = x => Both(F.max_pool2d_with_indices(x[0], [2, 2])),
        ["avg_pool2d"] = x => [F.avg_pool2d(x[0], [2, 2])],
        ["avg_pool2d.padded"] = x => [F.avg_pool2d(x[0], [3, 2], [2, 1], [1, 0])],
        ["avg_pool2d.ceil"] = x => [F.avg_pool2d(x[0], [3, 3], [2, 2], ceil_mode: true)],
        ["avg_pool2d.inside"] = x => [F.avg_pool2d(x[0], [3, 3], [2, 2], [1, 1], count_include_pad: false)],
        ["avg_pool2d.divisor"] = x => [F.avg_pool2d(x[0], [2, 2], divisor_override: 3)],
        ["adaptive_avg_pool2d"] = x => [F.adaptive_avg_pool2d(x[0], [2, 3])],
        ["adaptive_avg_pool2d.one"] = x => [F.adaptive_avg_pool2d(x[0], 1)],
        ["relu.function"] = x => [F.relu(x[0]), F.relu(x[0].clone(), inplace: true)],
        ["leaky_relu.function"] = x => [F.leaky_relu(x[0]), F.leaky_relu(x[0].clone(), 0.3, inplace: true)],
        ["softmax.function"] = x => [F.softmax(x[0], 1), F.log_softmax(x[0], -1)],
        ["dropout.none"] = x => [F.dropout(x[0], 0.5, false), F.dropout2d(x[0], 0.5, false), F.dropout(x[0], 0), F.dropout(x[0], 1)],
        ["cross_entropy"] = x => [F.cross_entropy(x[0], x[1])],
        ["cross_entropy.none"] = x => [F.cross_entropy(x[0], x[1], x[2], reduction: Reduction.None)],
        ["cross_entropy.mean"] = x => [F.cross_entropy(x[0], x[1], x[2])],
        ["cross_entropy.sum"] = x => [F.cross_entropy(x[0], x[1], x[2], reduction: Reduction.Sum)],
        ["cross_entropy.smooth.none"] = x => [F.cross_entropy(x[0], x[1], x[2], reduction: Reduction.None, label_smoothing: 0.1)],
        ["cross_entropy.smooth.mean"] = x => [F.cross_entropy(x[0], x[1], x[2], label_smoothing: 0.1)],
        ["cross_entropy.smooth.sum"] = x => [F.cross_entropy(x[0], x[1], x[2], reduction: Reduction.Sum, label_smoothing: 0.1)],
        ["cross_entropy.ignore"] = x => [F.cross_entropy(x[0], x[1], ignore_index: 3, label_smoothing: 0.2)],
        ["nll_loss"] = x => [F.nll_loss(x[0], x[1])],
        ["nll_loss.none"] = x => [F.nll_loss(x[0].log_softmax(1), x[1], x[2], Reduction.None)],
        ["nll_loss.mean"] = x => [F.nll_loss(x[0].log_softmax(1), x[1], x[2])],
        ["nll_loss.sum"] = x => [F.nll_loss(x[0].log_softmax(1), x[1], x[2], Reduction.Sum)],
        ["mse_loss"] = x => [F.mse_loss(x[0], x[1])],
        ["mse_loss.none"] = x => [F.mse_loss(x[0], x[1], Reduction.None)],
        ["mse_loss.mean"] = x => [F.mse_loss(x[0], x[1], Reduction.Mean)],
        ["mse_loss.sum"] = x => [F.mse_loss(x[0], x[1], Reduction.Sum)],
        ["pad"] = x => [F.pad(x[0], [1, 2]), F.pad(x[0], [0, 1, 2, 0], value: 1.5), F.pad(x[0], [-1, 0])],
        ["one_hot"] = x => [F.one_hot(x[0]), F.one_hot(x[0], 5)],
        ["module.conv"] = x => Filled(nn.Conv2d(2, 4, 3, stride: 2, padding: 1), x),
        ["module.linear"] = x => Filled(nn.Linear(3, 4), x),
        ["module.norm"] = x => ModuleNorm(x),
        ["module.norm1d"] = x => ModuleNorm1d(x),
        ["module.simple"] = x =>
        [
            nn.ReLU().call(x[0]), nn.LeakyReLU(0.1).call(x[0]), nn.Identity().call(x[0]), nn.Flatten().call(x[0]), nn.MaxPool2d(2).call(x[0]),
            nn.MaxPool2d(3, 2, 1).call(x[0]), nn.AvgPool2d(2).call(x[0]), nn.AdaptiveAvgPool2d(1).call(x[0]), nn.Sequential(nn.ReLU(), nn.Flatten()).call(x[0]),
        ],
    };

    private static Tensor[] Norm(Tensor[] x, Func<Tensor, Tensor, Tensor> normalise)
    {
        var (mean, var) = (x[1].detach().clone(), x[2].detach().clone());
        return [normalise(mean, var), mean, var];
    }

    private static Tensor[] Filled(Module<Tensor, Tensor> module, Tensor[] x)
    {
        using var _ = module;
        Fill(module, x[1..]);
        return [module.call(x[0])];
    }

    private static Tensor[] ModuleNorm(Tensor[] x)
    {
        var m = nn.BatchNorm2d(2, momentum: 0.2);
        Fill(m, x[1..]);
        var (first, second) = (m.call(x[0]), m.call(x[0] * 2));
        m.eval();
        return [first, second, m.call(x[0]), m.running_mean, m.running_var, m.num_batches_tracked];
    }

    private static Tensor[] ModuleNorm1d(Tensor[] x)
    {
        var m = nn.BatchNorm1d(2);
        Fill(m, x[2..]);
        var (rows, maps) = (m.call(x[0]), m.call(x[1]));
        m.eval();
        return [rows, maps, m.call(x[0]), m.running_mean, m.running_var];
    }

    private static void Fill(nn.Module module, Tensor[] values)
    {
        using var _ = no_grad();
        foreach (var (p, v) in module.parameters().Zip(values))
            p.copy_(v);
    }
}
