namespace FineTune.Optimize.SecondOrder;

/// <summary>
/// A line search for the strong Wolfe conditions, f(a) &lt;= f(0) + c1 a f'(0) and |f'(a)| &lt;= c2 |f'(0)|: Nocedal and Wright
/// (2006), algorithms 3.5 and 3.6, with cubic interpolation (3.59). Values are compared up to the objective's rounding error.
/// </summary>
public sealed class WolfeSearch
{
    // The interpolated point keeps this part of the bracket from either end, so that the bracket shrinks.
    private const double Margin = 0.1;
    private const double LargestGrowth = 10;

    private readonly IObjective _objective;
    private readonly LinePoint _start;
    private readonly double[] _direction;
    private readonly WolfeOptions _options;
    private readonly double _noise;
    private int _evaluations;

    private WolfeSearch(IObjective objective, LinePoint start, double[] direction, WolfeOptions options)
    {
        (_objective, _direction, _options) = (objective, direction, options);
        _start = start with { Alpha = 0, Slope = Doubles.Dot(start.Gradient, direction) };
        _noise = objective.Precision * Math.Abs(start.Value);
    }

    /// <summary>Searches along a direction.</summary>
    /// <param name="objective">The function.</param>
    /// <param name="start">Where the line begins, evaluated.</param>
    /// <param name="direction">[n], of negative slope.</param>
    /// <param name="trial">The first step to try, above 0.</param>
    /// <param name="options">The conditions.</param>
    public static WolfeResult Search(IObjective objective, LinePoint start, double[] direction, double trial, WolfeOptions options)
    {
        var search = new WolfeSearch(objective, start, direction, options);
        var (point, satisfied) = search.Bracket(trial);
        return new WolfeResult(point, search._evaluations, satisfied);
    }

    private bool MayLook => _evaluations < _options.MaxEvaluations;

    /// <summary>Algorithm 3.5: steps grow until an interval is known that holds a good one.</summary>
    private (LinePoint Point, bool Satisfied) Bracket(double alpha)
    {
        var previous = _start;
        while (MayLook)
        {
            var point = At(alpha);
            if (!Decreases(point) || point.Value > previous.Value + _noise)
                return Zoom(previous, point);
            if (IsFlat(point))
                return (point, true);
            if (point.Slope >= 0)
                return Zoom(point, previous);
            var next = Cubic(previous, point);
            alpha = double.IsNaN(next)
                ? LargestGrowth * point.Alpha
                : Math.Clamp(next, point.Alpha + (Margin * (point.Alpha - previous.Alpha)), LargestGrowth * point.Alpha);
            previous = point;
        }

        return (previous, false);
    }

    /// <summary>Algorithm 3.6: the interval shrinks around a good step; low is its better end.</summary>
    private (LinePoint Point, bool Satisfied) Zoom(LinePoint low, LinePoint high)
    {
        while (MayLook && Math.Abs(high.Alpha - low.Alpha) > 1e-15 * Math.Max(high.Alpha, low.Alpha))
        {
            var point = At(Between(low, high));
            if (!Decreases(point) || point.Value > low.Value + _noise)
            {
                high = point;
                continue;
            }

            if (IsFlat(point))
                return (point, true);
            if (point.Slope * (high.Alpha - low.Alpha) >= 0)
                high = low;
            low = point;
        }

        return (low, false);
    }

    private LinePoint At(double alpha)
    {
        _evaluations++;
        var x = (double[])_start.X.Clone();
        Doubles.AddScaled(x, alpha, _direction);
        var gradient = new double[x.Length];
        var value = _objective.Evaluate(x, gradient);
        return new LinePoint(alpha, value, Doubles.Dot(gradient, _direction), x, gradient);
    }

    private bool Decreases(LinePoint point) =>
        point.IsFinite && point.Value <= _start.Value + (_options.C1 * point.Alpha * _start.Slope) + _noise;

    private bool IsFlat(LinePoint point) => Math.Abs(point.Slope) <= -_options.C2 * _start.Slope;

    private static double Between(LinePoint low, LinePoint high)
    {
        var (left, right) = (Math.Min(low.Alpha, high.Alpha), Math.Max(low.Alpha, high.Alpha));
        var margin = Margin * (right - left);
        var cubic = high.IsFinite ? Cubic(low, high) : double.NaN;
        return double.IsNaN(cubic) ? (left + right) / 2 : Math.Clamp(cubic, left + margin, right - margin);
    }

    /// <summary>(3.59): the minimum of the cubic through two points and their slopes; NaN where it has none.</summary>
    private static double Cubic(LinePoint a, LinePoint b)
    {
        var d1 = a.Slope + b.Slope - (3 * (a.Value - b.Value) / (a.Alpha - b.Alpha));
        var d2 = Math.Sign(b.Alpha - a.Alpha) * Math.Sqrt((d1 * d1) - (a.Slope * b.Slope));
        var minimum = b.Alpha - ((b.Alpha - a.Alpha) * ((b.Slope + d2 - d1) / (b.Slope - a.Slope + (2 * d2))));
        return double.IsFinite(minimum) ? minimum : double.NaN;
    }
}
