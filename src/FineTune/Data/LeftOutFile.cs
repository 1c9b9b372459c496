namespace FineTune.Data;

/// <summary>A file that is no sample, and why.</summary>
/// <param name="Path">Relative to the dataset's folder, with forward slashes.</param>
/// <param name="Reason">A clause without a full stop: "the file is empty".</param>
public sealed record LeftOutFile(string Path, string Reason);
