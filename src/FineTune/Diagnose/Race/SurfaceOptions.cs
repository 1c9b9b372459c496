namespace FineTune.Diagnose.Race;

/// <summary>What a surface can be asked for.</summary>
public sealed record SurfaceOptions
{
    /// <summary>Condition number of the ravine, 1 to 1000000. Default 100.</summary>
    public double Condition { get; init; } = 100;

    /// <summary>Standard deviation of the noisy bowl's gradient, 0 to 100. Default 0.5.</summary>
    public double Noise { get; init; } = 0.5;
}
