using System.Buffers.Binary;

namespace FineTune.Images;

/// <summary>Counts a JPEG's scans and looks for its end, for a decoder that limits neither.</summary>
internal static class JpegScans
{
    private const byte StartOfScan = 0xDA, EndOfImage = 0xD9;

    /// <summary>Walks the markers from the first to the end of the image.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="most">Scans allowed.</param>
    /// <param name="name">The file's name, for the message.</param>
    /// <exception cref="ImageException">There are more scans, or the file ends before the image.</exception>
    public static void Check(ReadOnlySpan<byte> file, int most, string name)
    {
        var scans = 0;
        for (var rest = file[2..]; ;)
        {
            // Within a scan, 0xFF is followed by 0, or is a restart.
            var at = rest.IndexOf((byte)0xFF);
            rest = at < 0 ? default : rest[at..].TrimStart((byte)0xFF);
            if (rest.IsEmpty)
                throw new ImageException(name, "the JPEG data is damaged (it ends early)");
            var marker = rest[0];
            rest = rest[1..];
            if (marker == EndOfImage)
                return;
            if (marker == StartOfScan && ++scans > most)
                throw new ImageException(name, $"the JPEG has more than {most} scans");
            if (marker is not (0 or 1 or (>= 0xD0 and <= 0xD8)))
                rest = rest.Length < 2 ? default : rest[Math.Min(rest.Length, (int)BinaryPrimitives.ReadUInt16BigEndian(rest))..];
        }
    }
}
