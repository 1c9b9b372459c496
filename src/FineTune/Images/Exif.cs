using System.Buffers.Binary;

namespace FineTune.Images;

/// <summary>
/// Finds EXIF's orientation in a JPEG's APP1, a PNG's eXIf, a WebP's EXIF chunk or a TIFF's first directory. Whatever does not parse is
/// taken for "upright": a broken tag is no reason to refuse an image. An orientation that stands in XMP alone is not read.
/// </summary>
internal static class Exif
{
    private const int OrientationTag = 0x0112;

    /// <summary>1 to 8; 1 if there is none.</summary>
    public static int Orientation(ReadOnlySpan<byte> file, ImageFormat format)
    {
        var block = format switch
        {
            ImageFormat.Jpeg => InJpeg(file),
            ImageFormat.Png => InPng(file),
            ImageFormat.WebP => InWebP(file),
            ImageFormat.Tiff => file, // EXIF is one
            _ => default,
        };
        return InTiff(block.StartsWith("Exif\0\0"u8) ? block[6..] : block);
    }

    /// <summary>The first APP1 that begins with "Exif", before the first scan.</summary>
    private static ReadOnlySpan<byte> InJpeg(ReadOnlySpan<byte> file)
    {
        const byte Fill = 0xFF, StartOfScan = 0xDA, EndOfImage = 0xD9, App1 = 0xE1;
        var rest = file[2..];
        while (true)
        {
            var at = rest.IndexOf(Fill);
            if (at < 0)
                return default;
            rest = rest[at..].TrimStart(Fill);
            if (rest.Length < 3 || rest[0] is StartOfScan or EndOfImage)
                return default;
            var marker = rest[0];
            rest = rest[1..];
            if (marker is 0 or 1 or (>= 0xD0 and <= 0xD8))
                continue;
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            if (length < 2 || length > rest.Length)
                return default;
            var body = rest[2..length];
            if (marker == App1 && body.StartsWith("Exif\0"u8))
                return body;
            rest = rest[length..];
        }
    }

    private static ReadOnlySpan<byte> InPng(ReadOnlySpan<byte> file)
    {
        // length, type, data, checksum
        for (var rest = file[8..]; rest.Length >= 12;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12)
                return default;
            if (rest[4..].StartsWith("eXIf"u8))
                return rest.Slice(8, (int)length);
            rest = rest[((int)length + 12)..];
        }

        return default;
    }

    private static ReadOnlySpan<byte> InWebP(ReadOnlySpan<byte> file)
    {
        // type, length, data, padded to an even length
        for (var rest = file[12..]; rest.Length >= 8;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            if (length > rest.Length - 8)
                return default;
            if (rest.StartsWith("EXIF"u8))
                return rest.Slice(8, (int)length);
            rest = rest[Math.Min(rest.Length, 8 + (int)length + ((int)length & 1))..];
        }

        return default;
    }

    /// <summary>EXIF is a TIFF file: byte order, offset of the first directory, its entries of 12 bytes.</summary>
    private static int InTiff(ReadOnlySpan<byte> tiff)
    {
        const int Short = 3, Long = 4;
        var big = tiff.StartsWith("MM\0*"u8);
        if (tiff.Length < 8 || !(big || tiff.StartsWith("II*\0"u8)))
            return 1;
        var directory = U32(tiff[4..], big);
        if (directory > tiff.Length - 2)
            return 1;
        var entries = tiff[(int)directory..];
        var count = U16(entries, big);
        for (entries = entries[2..]; count > 0 && entries.Length >= 12; count--, entries = entries[12..])
        {
            if (U16(entries, big) != OrientationTag)
                continue;
            var type = U16(entries[2..], big);
            var value = type == Short ? U16(entries[8..], big) : type == Long ? U32(entries[8..], big) : 0;
            return U32(entries[4..], big) == 1 && value is >= 1 and <= 8 ? (int)value : 1;
        }

        return 1;
    }

    private static uint U16(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
