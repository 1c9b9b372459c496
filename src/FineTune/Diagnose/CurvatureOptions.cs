namespace FineTune.Diagnose;

/// <summary>How curvature is measured.</summary>
public sealed record CurvatureOptions
{
    /// <summary>Hessian-vector products, at most; at least 1. Default 100.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>Error of an eigenvalue, as a part of the largest magnitude, that is small enough; above 0. Default 1e-6.</summary>
    public double Tolerance { get; init; } = 1e-6;

    /// <summary>Decides the starting vector. Default 0.</summary>
    public long Seed { get; init; }
}
