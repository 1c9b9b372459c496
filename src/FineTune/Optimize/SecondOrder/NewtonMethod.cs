namespace FineTune.Optimize.SecondOrder;

/// <summary>
/// Newton's method with the exact Hessian: (H + k I) d = -g, k the smallest tried damping (Levenberg) that makes the matrix
/// positive definite (Nocedal and Wright 2006, algorithm 3.3).
/// </summary>
public sealed class NewtonMethod : SecondOrderMethod
{
    /// <summary>The largest n: a matrix of 32 MiB, filled by n Hessian-vector products and factored anew at each step.</summary>
    public const int MaxLength = 2048;

    // The first damping that is tried on a Hessian that is not positive definite, of its largest diagonal element; then tenfold.
    private const double FirstDamping = 1e-8;
    private const double SmallestPivot = 1e-10;

    private readonly double _damping;

    /// <param name="length">n, at most 2048.</param>
    /// <param name="damping">Added to the diagonal in any case, at least 0. Default 0.</param>
    /// <exception cref="FineTuneException">n is more.</exception>
    public NewtonMethod(int length, double damping = 0)
    {
        if (length > MaxLength)
        {
            throw new FineTuneException($"newton solves with the exact Hessian and takes {MaxLength} parameters at most, "
                + $"but {length} train; use newton-cg, or train the head alone.");
        }
        ArgumentOutOfRangeException.ThrowIfNegative(damping);
        _damping = damping;
    }

    /// <inheritdoc/>
    public override void Direction(IObjective objective, LinePoint at, Span<double> direction)
    {
        var n = objective.Length;
        var matrix = Matrix(objective, at.X);
        var largest = 0.0;
        for (var i = 0; i < n; i++)
            largest = Math.Max(largest, Math.Abs(matrix[(i * n) + i]));
        Doubles.Negate(at.Gradient, direction);
        if (largest == 0 || !double.IsFinite(largest))
            return; // no curvature to go by: steepest descent
        var pivot = Math.Max(SmallestPivot, 10 * objective.Precision) * largest;
        var damping = _damping;
        Cholesky? factor;
        while ((factor = Cholesky.Factor(matrix, n, damping, pivot)) is null && double.IsFinite(damping))
            damping = Math.Max(10 * damping, FirstDamping * largest);
        factor?.Solve(direction);
    }

    /// <summary>The Hessian, [n, n], by products with the unit vectors; symmetric to the bit.</summary>
    internal static double[] Matrix(IObjective objective, ReadOnlySpan<double> x)
    {
        var n = x.Length;
        using var hessian = objective.Hessian(x);
        var matrix = new double[n * n];
        var unit = new double[n];
        for (var i = 0; i < n; i++)
        {
            unit[i] = 1;
            hessian.Multiply(unit, matrix.AsSpan(i * n, n));
            unit[i] = 0;
            for (var j = 0; j < i; j++)
                matrix[(i * n) + j] = matrix[(j * n) + i] = (matrix[(i * n) + j] + matrix[(j * n) + i]) / 2;
        }

        return matrix;
    }
}
