namespace FineTune.Optimize.SecondOrder;

/// <summary>A smooth function of n numbers that a <see cref="Minimizer"/> makes small.</summary>
public interface IObjective
{
    /// <summary>n, at least 1.</summary>
    int Length { get; }

    /// <summary>The relative rounding error of a value: differences below it mean nothing. 1e-15 where all is double.</summary>
    double Precision => 1e-15;

    /// <summary>Value and gradient at x.</summary>
    /// <param name="x">[n]; rounded in place by an objective that keeps its parameters in fewer bits.</param>
    /// <param name="gradient">[n], overwritten.</param>
    double Evaluate(Span<double> x, Span<double> gradient);

    /// <summary>The Hessian at x, as something that multiplies vectors.</summary>
    /// <param name="x">[n].</param>
    IHessian Hessian(ReadOnlySpan<double> x);
}
