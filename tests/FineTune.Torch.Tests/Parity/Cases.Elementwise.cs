using static TorchSharp.torch;

namespace TorchSharp.Tests.Parity;

internal static partial class Cases
{
    private static Dictionary<string, Func<Tensor[], Tensor[]>> Elementwise() => new()
    {
        ["abs"] = x => [x[0].abs()],
        ["exp"] = x => [x[0].exp()],
        ["exp2"] = x => [x[0].exp2()],
        ["expm1"] = x => [x[0].expm1()],
        ["log"] = x => [x[0].log()],
        ["log2"] = x => [x[0].log2()],
        ["log10"] = x => [x[0].log10()],
        ["log1p"] = x => [x[0].log1p()],
        ["sqrt"] = x => [x[0].sqrt()],
        ["rsqrt"] = x => [x[0].rsqrt()],
        ["neg"] = x => [x[0].neg()],
        ["sign"] = x => [x[0].sign()],
        ["floor"] = x => [x[0].floor()],
        ["ceil"] = x => [x[0].ceil()],
        ["trunc"] = x => [x[0].trunc()],
        ["sin"] = x => [x[0].sin()],
        ["cos"] = x => [x[0].cos()],
        ["tan"] = x => [x[0].tan()],
        ["tanh"] = x => [x[0].tanh()],
        ["sigmoid"] = x => [x[0].sigmoid()],
        ["relu"] = x => [x[0].relu()],
        ["square"] = x => [x[0].square()],
        ["reciprocal"] = x => [x[0].reciprocal()],
        ["erf"] = x => [x[0].erf()],
        ["abs_"] = x => InPlace(x[0], t => t.abs_()),
        ["exp_"] = x => InPlace(x[0], t => t.exp_()),
        ["log_"] = x => InPlace(x[0], t => t.log_()),
        ["sqrt_"] = x => InPlace(x[0], t => t.sqrt_()),
        ["rsqrt_"] = x => InPlace(x[0], t => t.rsqrt_()),
        ["neg_"] = x => InPlace(x[0], t => t.neg_()),
        ["floor_"] = x => InPlace(x[0], t => t.floor_()),
        ["ceil_"] = x => InPlace(x[0], t => t.ceil_()),
        ["tanh_"] = x => InPlace(x[0], t => t.tanh_()),
        ["sigmoid_"] = x => InPlace(x[0], t => t.sigmoid_()),
        ["relu_"] = x => InPlace(x[0], t => t.relu_()),
        ["mul"] = x => [x[0].mul(x[1])],
        ["mul_"] = x => InPlace(x[0], t => t.mul_(x[1])),
        ["mul.number"] = x => [x[0].mul(1.5)],
        ["mul_.number"] = x => InPlace(x[0], t => t.mul_(1.5)),
        ["mul.whole"] = x => [x[0].mul(2)],
        ["add"] = x => [x[0].add(x[1])],
        ["add_"] = x => InPlace(x[0], t => t.add_(x[1])),
        ["add.number"] = x => [x[0].add(1.5)],
        ["add_.number"] = x => InPlace(x[0], t => t.add_(1.5)),
        ["add.whole"] = x => [x[0].add(2)],
        ["sub"] = x => [x[0].sub(x[1])],
        ["sub_"] = x => InPlace(x[0], t => t.sub_(x[1])),
        ["sub.number"] = x => [x[0].sub(1.5)],
        ["sub_.number"] = x => InPlace(x[0], t => t.sub_(1.5)),
        ["sub.whole"] = x => [x[0].sub(2)],
        ["add.alpha"] = x => [x[0].add(x[1], 0.5)],
        ["add_.alpha"] = x => InPlace(x[0], t => t.add_(x[1], -2)),
        ["div"] = x => [x[0].div(x[1])],
        ["div.number"] = x => [x[0].div(4)],
        ["div_"] = x => InPlace(x[0], t => t.div_(x[1])),
        ["div_.number"] = x => InPlace(x[0], t => t.div_(3.0)),
        ["div.floor"] = x => [x[0].div(x[1], RoundingMode.floor)],
        ["div.number.floor"] = x => [x[0].div(4, RoundingMode.floor)],
        ["div_.floor"] = x => InPlace(x[0], t => t.div_(x[1], RoundingMode.floor)),
        ["div_.number.floor"] = x => InPlace(x[0], t => t.div_(0.5, RoundingMode.floor)),
        ["div.trunc"] = x => [x[0].div(x[1], RoundingMode.trunc)],
        ["div.number.trunc"] = x => [x[0].div(4, RoundingMode.trunc)],
        ["div_.trunc"] = x => InPlace(x[0], t => t.div_(x[1], RoundingMode.trunc)),
        ["div_.number.trunc"] = x => InPlace(x[0], t => t.div_(0.5, RoundingMode.trunc)),
        ["eq"] = x => [x[0].eq(x[1])],
        ["eq.number"] = x => [x[0].eq(0.5)],
        ["ne"] = x => [x[0].ne(x[1])],
        ["ne.number"] = x => [x[0].ne(0.5)],
        ["lt"] = x => [x[0].lt(x[1])],
        ["lt.number"] = x => [x[0].lt(0.5)],
        ["le"] = x => [x[0].le(x[1])],
        ["le.number"] = x => [x[0].le(0.5)],
        ["gt"] = x => [x[0].gt(x[1])],
        ["gt.number"] = x => [x[0].gt(0.5)],
        ["ge"] = x => [x[0].ge(x[1])],
        ["ge.number"] = x => [x[0].ge(0.5)],
        ["isnan"] = x => [x[0].isnan()],
        ["isinf"] = x => [x[0].isinf()],
        ["isfinite"] = x => [x[0].isfinite()],
        ["logical_and"] = x => [x[0].logical_and(x[1])],
        ["logical_or"] = x => [x[0].logical_or(x[1])],
        ["logical_xor"] = x => [x[0].logical_xor(x[1])],
        ["maximum"] = x => [x[0].maximum(x[1])],
        ["minimum"] = x => [x[0].minimum(x[1])],
        ["matmul"] = x => [x[0].matmul(x[1])],
        ["mm"] = x => [x[0].mm(x[1])],
        ["bmm"] = x => [x[0].bmm(x[1])],
        ["dot"] = x => [x[0].dot(x[1])],
        ["pow.number"] = x => [x[0].pow((Scalar)3)],
        ["pow.root"] = x => [x[0].pow((Scalar)0.5)],
        ["pow"] = x => [x[0].pow(x[1])],
        ["addcmul"] = x => [x[0].addcmul(x[1], x[2], 0.5)],
        ["addcmul_"] = x => InPlace(x[0], t => t.addcmul_(x[1], x[2], -2)),
        ["addcdiv"] = x => [x[0].addcdiv(x[1], x[2], 0.5)],
        ["addcdiv_"] = x => InPlace(x[0], t => t.addcdiv_(x[1], x[2], -2)),
        ["lerp"] = x => [x[0].lerp(x[1], x[2])],
        ["lerp_"] = x => InPlace(x[0], t => t.lerp_(x[1], x[2])),
        ["addmm"] = x => [x[0].addmm(x[1], x[2])],
        ["addmm.scaled"] = x => [x[0].addmm(x[1], x[2], 0.5f, 2)],
        ["clamp"] = x => [x[0].clamp(-0.5, 0.5)],
        ["clamp.min"] = x => [x[0].clamp(min: 0)],
        ["clamp.max"] = x => [x[0].clamp(max: 0.25)],
        ["clamp_"] = x => InPlace(x[0], t => t.clamp_(-0.5, 0.5)),
        ["clamp_min"] = x => [x[0].clamp_min(-0.1)],
        ["clamp_max"] = x => [x[0].clamp_max(0.1)],
        ["where.method"] = x => [x[0].where(x[1], x[2])],
        ["masked_fill"] = x => [x[0].masked_fill(x[1], -1.5)],
        ["masked_fill_"] = x => InPlace(x[0], t => t.masked_fill_(x[1], 2)),
        ["leaky_relu"] = x => [x[0].leaky_relu(0.1)],
        ["leaky_relu_"] = x => InPlace(x[0], t => t.leaky_relu_(0.2)),
        ["softmax"] = x => [x[0].softmax(-1)],
        ["softmax.first"] = x => [x[0].softmax(0)],
        ["softmax.double"] = x => [x[0].softmax(1, ScalarType.Float64)],
        ["log_softmax"] = x => [x[0].log_softmax(-1)],
        ["log_softmax.first"] = x => [x[0].log_softmax(0)],
        ["log_softmax.double"] = x => [x[0].log_softmax(1, ScalarType.Float64)],
        ["fill_"] = x => InPlace(x[0], t => t.fill_(2.5)),
        ["zero_"] = x => InPlace(x[0], t => t.zero_()),
        ["allclose"] = x => [Truths(x[0].allclose(x[1]), x[0].allclose(x[1], 0.1, 0), torch.allclose(x[0], x[0]), (x[0] / 0).allclose(x[0] / 0), (x[0] / 0).allclose(x[0] / 0, equal_nan: true))],
        ["operators"] = x => [x[0] + x[1], x[0] - x[1], x[0] * x[1], x[0] / x[1], -x[0], x[0] < x[1], x[0] > x[1], x[0] <= x[1], x[0] >= x[1]],
        ["operators.number"] = x => [.. Numbers(x[0], 2.5).Concat([x[0] < 1.5, x[0] > 1.5, x[0] <= 1.5, x[0] >= 1.5])],
        ["operators.whole"] = x => Whole(x[0], 2),
    };

    private static Tensor Truths(params bool[] values) => tensor(values.Select(v => v ? 1L : 0L).ToArray()).to(ScalarType.Bool);

    // the same in each spelling of the number; every spelling must agree before one of them is compared
    private static Tensor[] Numbers(Tensor x, double n)
    {
        var (f, s) = ((float)n, (Scalar)n);
        Tensor[] asDouble = [x + n, n + x, x - n, n - x, x * n, n * x, x / n, n / x];
        Agree(asDouble, [x + f, f + x, x - f, f - x, x * f, f * x, x / f, f / x]);
        Agree(asDouble, [x + s, s + x, x - s, s - x, x * s, s * x, x / s, s / x]);
        return asDouble;
    }

    private static Tensor[] Whole(Tensor x, int n)
    {
        var m = (long)n;
        Tensor[] asInt = [x + n, n + x, x - n, n - x, x * n, n * x, x / n, n / x];
        Agree(asInt, [x + m, m + x, x - m, m - x, x * m, m * x, x / m, m / x]);
        return asInt;
    }

    private static void Agree(Tensor[] a, Tensor[] b)
    {
        foreach (var (x, y) in a.Zip(b))
        {
            y.dtype.ShouldBe(x.dtype);
            y.allclose(x, 0, 0).ShouldBeTrue();
        }
    }
}
