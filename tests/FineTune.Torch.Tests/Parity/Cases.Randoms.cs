using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests.Parity;

internal static partial class Cases
{
    private static Dictionary<string, Func<Tensor[], Tensor[]>> Randoms() => new()
    {
        ["rand"] = _ => [rand(5L), rand([2, 3]), rand([3], ScalarType.Float64)],
        ["randn"] = _ => [randn(5L), randn(2, 3), randn(1, 2, 2, 1), randn([20]), randn([3], ScalarType.Float64)],
        ["randn_like"] = x => [randn_like(x[0])],
        ["randint"] = _ => [randint(10, [6]), randint(-5, 5, [2, 3]), randint(3, [4], ScalarType.Int32)],
        ["randperm"] = _ => [randperm(10), randperm(0), randperm(5, ScalarType.Int32)],
        ["uniform_"] = x => InPlace(x[0], t => t.uniform_(-2, 3)),
        ["normal_"] = x => InPlace(x[0], t => t.normal_(1, 0.5)),
        ["bernoulli_"] = x => InPlace(x[0], t => t.bernoulli_(0.3)),
        ["dropout"] = x => [F.dropout(x[0], 0.3), F.dropout(x[0].clone(), inplace: true)],
        ["dropout2d"] = x => [F.dropout2d(x[0]), F.dropout2d(x[0].clone(), inplace: true)],
        ["module.dropout"] = x => [nn.Dropout().call(x[0]), nn.Dropout2d(0.2).call(x[0]), Evaluated(nn.Dropout()).call(x[0])],
        ["init"] = x =>
        [
            init.uniform_(x[0].clone(), -1, 2), init.normal_(x[0].clone(), 0.5, 2), init.xavier_uniform_(x[0].clone(), 2), init.kaiming_uniform_(x[0].clone(), Math.Sqrt(5)),
            init.kaiming_normal_(x[0].clone(), mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU), init.constant_(x[0].clone(), 1.5),
            init.ones_(x[0].clone()), init.zeros_(x[0].clone()), Gains(),
        ],
        ["module.linear.init"] = _ => [.. nn.Linear(3, 4).parameters().Select(p => p.detach())],
        ["module.conv.init"] = _ => [.. nn.Conv2d(4, 6, 2, groups: 2).parameters().Select(p => p.detach())],
    };

    private static Module<Tensor, Tensor> Evaluated(Module<Tensor, Tensor> module)
    {
        module.eval();
        return module;
    }

    private static Tensor Gains() => tensor(new[]
    {
        init.calculate_gain(init.NonlinearityType.Tanh), init.calculate_gain(init.NonlinearityType.ReLU),
        init.calculate_gain(init.NonlinearityType.LeakyReLU, 0.2), init.calculate_gain(init.NonlinearityType.Linear),
    });
}
