namespace FineTune.Optimize.SecondOrder;

/// <summary>Where a minimisation ended.</summary>
/// <param name="X">The point, [n].</param>
/// <param name="Value">The objective there.</param>
/// <param name="GradientNorm">The Euclidean norm of the gradient there.</param>
/// <param name="Iterations">Steps taken.</param>
/// <param name="Evaluations">Values and gradients computed.</param>
/// <param name="Converged">Whether the gradient is as small as was asked for.</param>
public sealed record Minimum(double[] X, double Value, double GradientNorm, int Iterations, int Evaluations, bool Converged);
