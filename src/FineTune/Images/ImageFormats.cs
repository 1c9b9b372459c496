using System.Buffers.Binary;

namespace FineTune.Images;

/// <summary>Tells formats apart by their first bytes. A file's ending never decides what it is, only what it was meant to be.</summary>
internal static class ImageFormats
{
    private static readonly string[] Endings = [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".dib"];

    /// <summary>The format whose signature <paramref name="bytes"/> begin with.</summary>
    public static ImageFormat Detect(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith<byte>([0xFF, 0xD8, 0xFF]))
            return ImageFormat.Jpeg;
        if (bytes.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]))
            return ImageFormat.Png;
        if (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8))
            return ImageFormat.WebP;
        if (IsBmp(bytes))
            return ImageFormat.Bmp;
        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8))
            return ImageFormat.Gif;
        if (bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8))
            return ImageFormat.Tiff;
        if (bytes.StartsWith("8BPS"u8))
            return ImageFormat.Psd;
        if (bytes.StartsWith<byte>([0xFF, 0x0A]) || bytes.StartsWith<byte>([0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', (byte)' ']))
            return ImageFormat.JpegXl;
        if (bytes.StartsWith<byte>([0xFF, 0x4F, 0xFF, 0x51]) || bytes.StartsWith<byte>([0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' ']))
            return ImageFormat.Jpeg2000;
        return bytes.Length >= 12 && bytes[4..].StartsWith("ftyp"u8) ? Brand(bytes.Slice(8, 4)) : ImageFormat.Unknown;
    }

    /// <summary>Whether files of this format are read.</summary>
    public static bool IsRead(ImageFormat format) =>
        format is ImageFormat.Jpeg or ImageFormat.Png or ImageFormat.WebP or ImageFormat.Bmp;

    /// <summary>Whether a name claims a format that is read.</summary>
    public static bool HasImageEnding(string name) =>
        Endings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>The format as it is written: JPEG, WebP.</summary>
    public static string Name(ImageFormat format) => format switch
    {
        ImageFormat.WebP => "WebP",
        ImageFormat.JpegXl => "JPEG XL",
        ImageFormat.Jpeg2000 => "JPEG 2000",
        _ => format.ToString().ToUpperInvariant(),
    };

    /// <summary>Two letters would claim any text that begins with BM; the size of the second header is needed too.</summary>
    private static bool IsBmp(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 18 && bytes.StartsWith("BM"u8)
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]) is 12 or 16 or 40 or 52 or 56 or 64 or 108 or 124;

    private static ImageFormat Brand(ReadOnlySpan<byte> brand)
    {
        if (brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8))
            return ImageFormat.Avif;
        return brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8)
            ? ImageFormat.Heic
            : ImageFormat.Unknown;
    }
}
