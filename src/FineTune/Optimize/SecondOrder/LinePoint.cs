namespace FineTune.Optimize.SecondOrder;

/// <summary>A point on a line, evaluated.</summary>
/// <param name="Alpha">How far along the direction it lies; 0: the start.</param>
/// <param name="Value">The objective there.</param>
/// <param name="Slope">Its derivative along the direction.</param>
/// <param name="X">The point, [n].</param>
/// <param name="Gradient">The gradient, [n].</param>
public sealed record LinePoint(double Alpha, double Value, double Slope, double[] X, double[] Gradient)
{
    /// <summary>Whether value and slope are numbers.</summary>
    public bool IsFinite => double.IsFinite(Value) && double.IsFinite(Slope);

    /// <summary>Evaluates the start of a line whose direction is not known yet.</summary>
    /// <param name="objective">The function.</param>
    /// <param name="x">[n]; copied.</param>
    public static LinePoint At(IObjective objective, ReadOnlySpan<double> x)
    {
        var (point, gradient) = (x.ToArray(), new double[x.Length]);
        return new LinePoint(0, objective.Evaluate(point, gradient), double.NaN, point, gradient);
    }
}
