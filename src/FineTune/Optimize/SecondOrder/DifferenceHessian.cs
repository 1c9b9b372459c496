namespace FineTune.Optimize.SecondOrder;

/// <summary>The Hessian by centred differences of gradients, where nobody has the graph: H v = (g(x + h v) - g(x - h v)) / 2h.</summary>
internal sealed class DifferenceHessian(IObjective objective, double[] x) : IHessian
{
    public void Multiply(ReadOnlySpan<double> v, Span<double> result)
    {
        result.Clear();
        var norm = Doubles.Norm(v);
        if (norm == 0)
            return;

        // The cube root of the rounding error balances it against the difference's own error.
        var h = Math.Cbrt(objective.Precision) * Math.Max(1, Doubles.Norm(x)) / norm;
        var minus = new double[x.Length];
        objective.Evaluate(Moved(v, h), result);
        objective.Evaluate(Moved(v, -h), minus);
        Doubles.AddScaled(result, -1, minus);
        Doubles.Scale(result, 1 / (2 * h));
    }

    public void Dispose()
    {
    }

    private double[] Moved(ReadOnlySpan<double> v, double h)
    {
        var point = (double[])x.Clone();
        Doubles.AddScaled(point, h, v);
        return point;
    }
}
