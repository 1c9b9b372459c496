namespace FineTune.Augment;

/// <summary>An option of a transform.</summary>
/// <param name="Name">As a recipe writes it.</param>
/// <param name="Default">Its default, as text.</param>
/// <param name="Meaning">What it is, with unit and range.</param>
public sealed record AugmentOption(string Name, string Default, string Meaning);
