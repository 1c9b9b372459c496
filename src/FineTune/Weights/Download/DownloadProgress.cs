namespace FineTune.Weights;

/// <summary>How far a download is.</summary>
/// <param name="Done">Bytes of the file that are here, those of an earlier part included.</param>
/// <param name="Total">Bytes of the whole file; null where nobody says.</param>
public readonly record struct DownloadProgress(long Done, long? Total);
