namespace FineTune.Optimize.SecondOrder;

/// <summary>What a line search asks of a step (Nocedal and Wright 2006, 3.7).</summary>
public sealed record WolfeOptions
{
    /// <summary>Part of the decrease that the slope promises, in (0, C2). Default 1e-4.</summary>
    public double C1 { get; init; } = 1e-4;

    /// <summary>Part of the slope that may be left, in (C1, 1). Default 0.9.</summary>
    public double C2 { get; init; } = 0.9;

    /// <summary>Evaluations before it gives up, at least 1. Default 25.</summary>
    public int MaxEvaluations { get; init; } = 25;
}
