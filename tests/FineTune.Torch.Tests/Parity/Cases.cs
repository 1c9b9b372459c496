using static TorchSharp.torch;

namespace TorchSharp.Tests.Parity;

/// <summary>What each case of scripts/goldens/ops.py is called by in this API.</summary>
internal static partial class Cases
{
    /// <summary>By the case's name without the variant of its inputs (behind the @).</summary>
    public static IReadOnlyDictionary<string, Func<Tensor[], Tensor[]>> All { get; } =
        new[] { Elementwise(), Reductions(), Shapes(), Functions(), Layers(), Randoms() }.SelectMany(t => t).ToDictionary(p => p.Key, p => p.Value);

    /// <summary>Runs an in-place operation on a copy, so that the input stays a leaf; it must return the very object.</summary>
    private static Tensor[] InPlace(Tensor x, Func<Tensor, Tensor> operation)
    {
        var copy = x.clone();
        operation(copy).ShouldBeSameAs(copy);
        return [copy];
    }

    private static Tensor[] Both((Tensor, Tensor) pair) => [pair.Item1, pair.Item2];

    /// <summary>Eigenvalues, and the matrix: eigenvectors are unique up to their sign.</summary>
    private static Tensor[] Recomposed((Tensor Values, Tensor Vectors) pair) => [pair.Values, (pair.Vectors * pair.Values).matmul(pair.Vectors.t())];
}
