namespace FineTune.Optimize.SecondOrder;

/// <summary>
/// L-BFGS (Liu and Nocedal 1989): the inverse Hessian as the last m steps tell it, by the two-loop recursion (Nocedal and
/// Wright 2006, algorithm 7.4, scaled by 7.20).
/// </summary>
public sealed class LbfgsMethod : QuasiNewtonMethod
{
    /// <summary>m by default.</summary>
    public const int DefaultHistory = 10;

    private readonly double[][] _steps;
    private readonly double[][] _changes;

    /// <param name="length">n.</param>
    /// <param name="history">m, at least 1. Default 10.</param>
    public LbfgsMethod(int length, int history = DefaultHistory)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(history);
        _steps = [.. Enumerable.Range(0, history).Select(k => Remember(FormattableString.Invariant($"step{k}"), length))];
        _changes = [.. Enumerable.Range(0, history).Select(k => Remember(FormattableString.Invariant($"change{k}"), length))];
    }

    /// <inheritdoc/>
    public override void Direction(IObjective objective, LinePoint at, Span<double> direction)
    {
        Doubles.Negate(at.Gradient, direction);
        var known = (int)Math.Min(Updates, _steps.Length);
        Span<double> a = stackalloc double[known];
        for (var k = 0; k < known; k++) // newest first
        {
            var (s, y) = Pair(k);
            a[k] = Doubles.Dot(s, direction) / Doubles.Dot(s, y);
            Doubles.AddScaled(direction, -a[k], y);
        }

        if (known > 0)
        {
            var (s, y) = Pair(0);
            Doubles.Scale(direction, Doubles.Dot(s, y) / Doubles.Dot(y, y));
        }

        for (var k = known - 1; k >= 0; k--)
        {
            var (s, y) = Pair(k);
            var b = Doubles.Dot(y, direction) / Doubles.Dot(s, y);
            Doubles.AddScaled(direction, a[k] - b, s);
        }
    }

    private protected override void Learn(ReadOnlySpan<double> step, ReadOnlySpan<double> change)
    {
        step.CopyTo(_steps[Updates % _steps.Length]);
        change.CopyTo(_changes[Updates % _steps.Length]);
    }

    private (double[] Step, double[] Change) Pair(int age)
    {
        var slot = (Updates - 1 - age) % _steps.Length;
        return (_steps[slot], _changes[slot]);
    }
}
