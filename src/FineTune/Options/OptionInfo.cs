namespace FineTune;

/// <summary>An option of a row of a registry: an optimizer's, a schedule's, a transform's.</summary>
/// <param name="Name">As a recipe writes it.</param>
/// <param name="Default">Its default, as text.</param>
/// <param name="Meaning">What it is, with unit and range.</param>
public sealed record OptionInfo(string Name, string Default, string Meaning);
