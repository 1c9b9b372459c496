namespace FineTune.Weights;

/// <summary>A stored entry of a zip file.</summary>
/// <param name="Name">Its name, with forward slashes.</param>
/// <param name="Header">Where its local header begins.</param>
/// <param name="Start">Where its bytes begin.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Crc">Their checksum.</param>
internal sealed record ZipEntry(string Name, long Header, long Start, long Size, uint Crc);
