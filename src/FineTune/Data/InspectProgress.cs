namespace FineTune.Data;

/// <summary>How far an inspection has come.</summary>
/// <param name="Done">Files inspected.</param>
/// <param name="Total">Files to inspect.</param>
/// <param name="Bad">Files so far that cannot be read.</param>
public readonly record struct InspectProgress(int Done, int Total, int Bad);
