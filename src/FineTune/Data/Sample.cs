namespace FineTune.Data;

/// <summary>One labelled image file.</summary>
/// <param name="Path">The file's full path.</param>
/// <param name="Label">Index into the dataset's classes, from 0.</param>
public sealed record Sample(string Path, int Label);
