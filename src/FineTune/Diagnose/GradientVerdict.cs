namespace FineTune.Diagnose;

/// <summary>What a relative error between two gradients means, by the lecture's bounds (Stanford CS231n, "Gradient checks").</summary>
public enum GradientVerdict
{
    /// <summary>At most 1e-7.</summary>
    Happy,

    /// <summary>Below 1e-4: fine for a function with kinks, high for a smooth one.</summary>
    Fine,

    /// <summary>1e-4 to 1e-2.</summary>
    Uneasy,

    /// <summary>Above 1e-2: the gradient is probably wrong.</summary>
    Wrong,
}
