namespace FineTune.Optimize.SecondOrder;

/// <summary>BFGS with the inverse Hessian as a matrix (Nocedal and Wright 2006, 6.17), the identity at first.</summary>
public sealed class BfgsMethod : QuasiNewtonMethod
{
    /// <summary>The largest n: a matrix of 128 MiB.</summary>
    public const int MaxLength = 4096;

    private readonly int _n;
    private readonly double[] _inverse; // [n, n], symmetric

    /// <param name="length">n, at most 4096.</param>
    /// <exception cref="FineTuneException">It is more.</exception>
    public BfgsMethod(int length)
    {
        if (length > MaxLength)
        {
            throw new FineTuneException($"bfgs keeps a matrix over all pairs of parameters and takes {MaxLength} at most, "
                + $"but {length} train; use lbfgs, or train the head alone.");
        }
        (_n, _inverse) = (length, Remember("inverse_hessian", length * length));
    }

    /// <inheritdoc/>
    public override void Direction(IObjective objective, LinePoint at, Span<double> direction)
    {
        if (Updates == 0)
            Doubles.Negate(at.Gradient, direction);
        else
            Multiply(at.Gradient, direction, -1);
    }

    /// <summary>H += (1 + r y'Hy) r s s' - r (s (Hy)' + Hy s'), r = 1 / s'y: 6.17, multiplied out.</summary>
    private protected override void Learn(ReadOnlySpan<double> step, ReadOnlySpan<double> change)
    {
        var r = 1 / Doubles.Dot(step, change);
        if (Updates == 0)
        {
            Array.Clear(_inverse);
            for (var i = 0; i < _n; i++)
                Row(i)[i] = 1; // unlike L-BFGS, BFGS mends too large an inverse in few steps, and too small a one slowly
        }

        var hy = new double[_n];
        Multiply(change, hy, 1);
        var ss = (1 + (r * Doubles.Dot(change, hy))) * r;
        for (var i = 0; i < _n; i++)
        {
            Doubles.AddScaled(Row(i), (ss * step[i]) - (r * hy[i]), step);
            Doubles.AddScaled(Row(i), -r * step[i], hy);
        }
    }

    private Span<double> Row(int i) => _inverse.AsSpan(i * _n, _n);

    private void Multiply(ReadOnlySpan<double> v, Span<double> result, double sign)
    {
        for (var i = 0; i < _n; i++)
            result[i] = sign * Doubles.Dot(Row(i), v);
    }
}
