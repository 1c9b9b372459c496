using static TorchSharp.torch;

namespace TorchSharp.Tests.Parity;

internal static partial class Cases
{
    private static Dictionary<string, Func<Tensor[], Tensor[]>> Functions() => new()
    {
        ["zeros"] = _ => [zeros([2, 3]), zeros(2L), zeros(2, 2, ScalarType.Int64)],
        ["ones"] = _ => [ones([2, 3]), ones(2L), ones(2, 2, ScalarType.Float64)],
        ["from_file"] = FromFile,
        ["full"] = _ => [full([2], 1.5), full([2], 3), full([], true), full([2], 3, ScalarType.Float32)],
        ["arange"] = _ => [arange(3), arange(1, 4), arange(0, 1, 0.25), arange(5, 0, -2), arange(3, ScalarType.Float32)],
        ["linspace"] = _ => [linspace(-1, 1, 5), linspace(0, 1, 3, ScalarType.Float64)],
        ["eye"] = _ => [eye(3), eye(2, 3, ScalarType.Float64)],
        ["like"] = x => [zeros_like(x[0]), ones_like(x[0], ScalarType.Int64), full_like(x[0], 2.5)],
        ["tensor"] = _ =>
        [
            tensor(1.5f), tensor(1.5), tensor(3), tensor(3L), tensor(new[] { 1.5f, 2 }), tensor(new float[] { 1, 2, 3, 4 }, [2, 2]),
            tensor(new long[] { 1, 2 }), tensor(new long[] { 1, 2 }, [2, 1]), tensor(new[] { 1.5, 2 }),
            tensor(new[] { 1.5, 2 }, [2, 1]), tensor(new[] { 1, 2 }),
        ],
        ["cat"] = x => [cat([x[0], x[1]], -1)],
        ["cat.many"] = x => [cat([.. Enumerable.Repeat(x[0], 60)])],
        ["stack"] = x => [stack([x[0], x[1]], 1)],
        ["where"] = x => [where(x[0], x[1], x[2])],
        ["einsum"] = x => [einsum("bij,bjk->bk", x[0], x[1])],
        ["functions"] = x => [abs(x[0]), exp(x[0]), log(x[0]), sqrt(x[0]), sigmoid(x[0]), softmax(x[0], 1), sum(x[0]), mean(x[0])],
        ["functions.two"] = x => [matmul(x[0], x[1]), mm(x[0], x[1]), maximum(x[0], x[1]), minimum(x[0], x[1])],
        ["functions.dot"] = x => [dot(x[0], x[1])],
    };

    private static Tensor[] FromFile(Tensor[] x)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, x[0].bytes.ToArray());
            return [from_file(path, size: 6), from_file(path, shared: false, 2, ScalarType.Float64)];
        }
        finally
        {
            File.Delete(path); // what is mapped stays
        }
    }
}
