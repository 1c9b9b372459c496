namespace FineTune.Data;

/// <summary>What was found out about one file.</summary>
/// <param name="Path">Relative to the dataset's folder, with forward slashes.</param>
/// <param name="Split">The split it belongs to.</param>
/// <param name="Class">Its class.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">
/// The SHA-256 of its bytes, in lower-case hexadecimal; empty if they could not be read, or are more than are ever read.
/// </param>
/// <param name="Format">The format its bytes say, such as "JPEG"; null if it cannot be read.</param>
/// <param name="Width">Pixels a row, upright; 0 if it cannot be read.</param>
/// <param name="Height">Rows, upright; 0 if it cannot be read.</param>
/// <param name="Problem">Why it cannot be read, as a clause; null if it can.</param>
/// <param name="NotAnImage">Its format is one that is not read: it is left out under either policy.</param>
public sealed record InspectedFile(
    string Path, string Split, string Class, long Bytes, string Sha256, string? Format, int Width, int Height,
    string? Problem, bool NotAnImage);
