namespace FineTune.Diagnose;

/// <summary>The ends of a Hessian's spectrum.</summary>
/// <param name="Largest">The largest eigenvalue.</param>
/// <param name="LargestError">A bound on its error.</param>
/// <param name="Smallest">The smallest eigenvalue; below 0 at a point that is no minimum.</param>
/// <param name="SmallestError">A bound on its error.</param>
/// <param name="Parameters">Rows of the Hessian.</param>
/// <param name="Steps">Hessian-vector products taken.</param>
/// <param name="Converged">Whether both errors are as small as was asked for.</param>
public sealed record CurvatureReport(
    double Largest, double LargestError, double Smallest, double SmallestError, int Parameters, int Steps, bool Converged)
{
    /// <summary>Largest over smallest; null where the Hessian is not positive definite beyond the smallest's error.</summary>
    public double? Condition => Smallest > SmallestError ? Largest / Smallest : null;

    /// <summary>
    /// The learning rate beyond which plain gradient descent diverges along the steepest direction, 2 / largest; null where nothing bends
    /// up.
    /// </summary>
    public double? LargestStableLr => Largest > 0 ? 2 / Largest : null;
}
