namespace FineTune.Optimize.SecondOrder;

/// <summary>Solves with a symmetric positive definite matrix, and says where one is not.</summary>
internal sealed class Cholesky
{
    private readonly int _n;
    private readonly double[] _factor; // [n, n], the lower half

    private Cholesky(int n, double[] factor) => (_n, _factor) = (n, factor);

    /// <summary>L L' = A + shift I, or null where a pivot is not above <paramref name="smallestPivot"/>.</summary>
    public static Cholesky? Factor(ReadOnlySpan<double> matrix, int n, double shift, double smallestPivot)
    {
        var l = matrix.ToArray();
        for (var i = 0; i < n; i++)
        {
            var row = l.AsSpan(i * n, n);
            row[i] += shift;
            for (var j = 0; j < i; j++)
                row[j] = (row[j] - Doubles.Dot(row[..j], l.AsSpan(j * n, j))) / l[(j * n) + j];
            var pivot = row[i] - Doubles.Dot(row[..i], row[..i]);
            if (!(pivot > smallestPivot))
                return null;
            row[i] = Math.Sqrt(pivot);
        }

        return new Cholesky(n, l);
    }

    /// <summary>x = A^-1 x.</summary>
    public void Solve(Span<double> x)
    {
        for (var i = 0; i < _n; i++)
            x[i] = (x[i] - Doubles.Dot(_factor.AsSpan(i * _n, i), x[..i])) / _factor[(i * _n) + i];
        for (var i = _n - 1; i >= 0; i--)
        {
            x[i] /= _factor[(i * _n) + i];
            Doubles.AddScaled(x[..i], -x[i], _factor.AsSpan(i * _n, i));
        }
    }
}
