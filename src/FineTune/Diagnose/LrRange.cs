namespace FineTune.Diagnose;

/// <summary>A learning rate that was tried.</summary>
/// <param name="Lr">The learning rate of the step.</param>
/// <param name="Loss">The batch's loss before the step.</param>
/// <param name="Smoothed">The losses so far, averaged with a decay, unbiased.</param>
public sealed record LrPoint(double Lr, double Loss, double Smoothed);

/// <summary>What a range test saw.</summary>
/// <param name="Points">In order.</param>
/// <param name="EndedEarly">Whether the loss left all bounds before the last learning rate.</param>
/// <param name="Suggestion">What to take.</param>
public sealed record LrRange(IReadOnlyList<LrPoint> Points, bool EndedEarly, LrSuggestion Suggestion);
