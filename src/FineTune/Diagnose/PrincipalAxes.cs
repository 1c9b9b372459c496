using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Diagnose;

/// <summary>Principal component analysis (Pearson 1901): points along the directions in which they vary most.</summary>
internal static class PrincipalAxes
{
    /// <summary>
    /// Places points along their principal axes, by the eigenvectors of the matrix of their products. The sign of an axis is free: the
    /// point farthest from the middle is on its positive side.
    /// </summary>
    /// <param name="features">[n, d], finite, of any floating type.</param>
    /// <param name="axes">How many axes, at least 1. Points span n axes at most: those beyond are 0.</param>
    /// <returns>[n][axes] coordinates, and the part of the variance along each axis, in 0..1.</returns>
    public static (double[][] Points, double[] Shares) Of(Tensor features, int axes)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var x = features.detach().to(ScalarType.Float64, CPU);
        x -= x.mean([0L], keepdim: true);
        var (values, vectors) = linalg.eigh(x.mm(x.t())); // ascending: [n], [n, n]
        var lambda = TensorValues.Of<double>(values.contiguous()).ToArray();
        var columns = TensorValues.Of<double>(vectors.contiguous()).ToArray();
        var n = lambda.Length;
        var total = lambda.Sum(l => Math.Max(0, l));
        var points = Enumerable.Range(0, n).Select(_ => new double[axes]).ToArray();
        var shares = new double[axes];
        for (var a = 0; a < Math.Min(axes, n); a++)
        {
            var k = n - 1 - a;
            var variance = Math.Max(0, lambda[k]);
            var farthest = Enumerable.Range(0, n).MaxBy(i => Math.Abs(columns[(i * n) + k]));
            var scale = Math.Sqrt(variance) * (columns[(farthest * n) + k] < 0 ? -1 : 1);
            shares[a] = total > 0 ? variance / total : 0;
            for (var i = 0; i < n; i++)
                points[i][a] = scale * columns[(i * n) + k];
        }

        return (points, shares);
    }
}
