using FineTune.Evaluate;

namespace FineTune.Ensemble;

/// <summary>A member of an ensemble and what it said.</summary>
/// <param name="Name">Such as a snapshot's number.</param>
/// <param name="Validation">On the images that choices are made on.</param>
/// <param name="Measured">On the images that scores are taken on; the same where they are the validation images.</param>
public sealed record Member(string Name, Predictions Validation, Predictions Measured);
