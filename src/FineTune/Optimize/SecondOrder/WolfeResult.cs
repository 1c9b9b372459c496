namespace FineTune.Optimize.SecondOrder;

/// <summary>What a line search found.</summary>
/// <param name="Point">Where it stands: the start itself where nothing better was found.</param>
/// <param name="Evaluations">How often it looked.</param>
/// <param name="Satisfied">Whether the point satisfies the strong Wolfe conditions.</param>
public sealed record WolfeResult(LinePoint Point, int Evaluations, bool Satisfied);
