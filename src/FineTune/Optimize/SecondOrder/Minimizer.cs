namespace FineTune.Optimize.SecondOrder;

/// <summary>Goes downhill: a method says where, a strong Wolfe line search says how far.</summary>
/// <param name="method">Where to.</param>
/// <param name="wolfe">How far; null: the defaults.</param>
public sealed class Minimizer(SecondOrderMethod method, WolfeOptions? wolfe = null)
{
    private readonly WolfeOptions _wolfe = wolfe ?? new WolfeOptions();

    /// <summary>Minimises an objective.</summary>
    /// <param name="objective">The function.</param>
    /// <param name="start">[n], left as it is.</param>
    /// <param name="tolerance">Ends where the gradient's Euclidean norm is at most this. Default 1e-8.</param>
    /// <param name="iterations">Steps, at most. Default 1000.</param>
    public Minimum Run(IObjective objective, ReadOnlySpan<double> start, double tolerance = 1e-8, int iterations = 1000)
    {
        var at = LinePoint.At(objective, start);
        var (steps, evaluations) = (0, 1);
        while (steps < iterations && double.IsFinite(at.Value) && Doubles.Norm(at.Gradient) > tolerance)
        {
            var result = Step(objective, at, 1);
            evaluations += result.Evaluations;
            steps++;
            if (result.Point.Alpha == 0 && !method.Reset())
                break; // nothing better can be found from here, whatever is forgotten
            at = result.Point;
        }

        var norm = Doubles.Norm(at.Gradient);
        return new Minimum(at.X, at.Value, norm, steps, evaluations, norm <= tolerance);
    }

    /// <summary>One step; the method learns from it.</summary>
    /// <param name="objective">The function.</param>
    /// <param name="at">The point, evaluated.</param>
    /// <param name="scale">Scale of a step that nothing is known of yet, above 0.</param>
    public WolfeResult Step(IObjective objective, LinePoint at, double scale)
    {
        var direction = new double[at.X.Length];
        method.Direction(objective, at, direction);
        if (!(Doubles.Dot(direction, at.Gradient) < 0) || !Doubles.AllFinite(direction))
        {
            method.Reset();
            Doubles.Negate(at.Gradient, direction);
        }

        var result = WolfeSearch.Search(objective, at, direction, method.Trial(scale, at), _wolfe);
        if (result.Point.Alpha > 0)
            method.Update(Doubles.Difference(result.Point.X, at.X), Doubles.Difference(result.Point.Gradient, at.Gradient));
        return result;
    }
}
