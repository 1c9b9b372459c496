namespace FineTune.Data;

/// <summary>Files whose bytes are the same.</summary>
/// <param name="Sha256">The SHA-256 of their bytes, in lower-case hexadecimal.</param>
/// <param name="Paths">Their relative paths, in ordinal order; two or more.</param>
/// <param name="AcrossSplits">Some are in different splits: what is measured on was trained on.</param>
/// <param name="AcrossClasses">Some are in different classes: one label at least is wrong.</param>
public sealed record DuplicateGroup(string Sha256, IReadOnlyList<string> Paths, bool AcrossSplits, bool AcrossClasses);
