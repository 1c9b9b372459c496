namespace FineTune.Diagnose;

/// <summary>How a gradient is checked.</summary>
public sealed record GradientCheckOptions
{
    /// <summary>Elements drawn from each parameter tensor, at least 1; a smaller tensor is checked whole. Default 8.</summary>
    public int Elements { get; init; } = 8;

    /// <summary>h of the differences, times max(1, |w|); above 0. Default 1e-5, the lecture's.</summary>
    public double Step { get; init; } = 1e-5;

    /// <summary>Decides which elements are drawn. Default 0.</summary>
    public long Seed { get; init; }
}
