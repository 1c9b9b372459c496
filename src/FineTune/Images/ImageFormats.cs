using System.Buffers.Binary;

namespace FineTune.Images;

/// <summary>Tells formats apart by their first bytes. A file's ending never decides what it is, only what it was meant to be.</summary>
internal static class ImageFormats
{
    /// <summary>Why a file that is no image is left out, as a clause.</summary>
    public const string NoImage = "neither its bytes nor its ending are those of an image";

    private const string Gif = ".gif";
    private const int SignatureBytes = 32;

    private static readonly string[] Endings =
    [
        ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".dib", ".tif", ".tiff", ".tga", ".pbm", ".pgm", ".ppm", ".pnm",
        Gif,
    ];

    /// <summary>The format whose signature <paramref name="bytes"/> have.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">TGA has a signature at its end at most: the file's ending tells it too.</param>
    public static ImageFormat Detect(ReadOnlySpan<byte> bytes, string name)
    {
        var format = Detect(bytes);
        return format == ImageFormat.Unknown && IsTga(bytes, name) ? ImageFormat.Tga : format;
    }

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
        if (IsPnm(bytes))
            return ImageFormat.Pnm;
        if (bytes.StartsWith("8BPS"u8))
            return ImageFormat.Psd;
        if (bytes.StartsWith<byte>([0xFF, 0x0A]) || bytes.StartsWith<byte>([0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', (byte)' ']))
            return ImageFormat.JpegXl;
        if (bytes.StartsWith<byte>([0xFF, 0x4F, 0xFF, 0x51])
            || bytes.StartsWith<byte>([0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' ']))
        {
            return ImageFormat.Jpeg2000;
        }
        return bytes.Length >= 12 && bytes[4..].StartsWith("ftyp"u8) ? Brand(bytes.Slice(8, 4)) : ImageFormat.Unknown;
    }

    /// <summary>The format whose signature a file begins with.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">Why it cannot be opened, as a clause; null where it can.</param>
    public static ImageFormat Sniff(string path, out string? problem)
    {
        problem = null;
        Span<byte> start = stackalloc byte[SignatureBytes];
        try
        {
            using var file = RegularFile.Open(path);
            return Detect(start[..RandomAccess.Read(file, start, 0)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            problem = RegularFile.Reason(path, e, "the file does not exist");
            return ImageFormat.Unknown;
        }
    }

    /// <summary>Why files of this format are not read and what to do, as a part of a sentence; null where they are.</summary>
    public static string? WhyNotRead(ImageFormat format)
    {
        var remedy = format switch
        {
            ImageFormat.Heic => "heif-convert photo.heic photo.jpg",
            ImageFormat.Avif => "avifdec photo.avif photo.png",
            ImageFormat.JpegXl => "djxl photo.jxl photo.png",
            ImageFormat.Jpeg2000 => "opj_decompress -i photo.jp2 -o photo.png",
            ImageFormat.Psd => "magick photo.psd[0] photo.png",
            _ => null,
        };
        return remedy is null ? null : $"{Name(format)} is not a format that is read; convert it to JPEG or PNG, for instance by: {remedy}";
    }

    /// <summary>Why files of this format are left out of a dataset, as a part of a sentence; null where they are taken.</summary>
    public static string? WhyNoSample(ImageFormat format) => format switch
    {
        ImageFormat.Unknown => NoImage,
        ImageFormat.Gif => "a GIF is left out of a dataset, as torchvision does; convert it to PNG to train on it",
        _ => WhyNotRead(format),
    };

    /// <summary>Whether a name claims a format that is read.</summary>
    public static bool HasImageEnding(string name) =>
        Endings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name claims a format that is taken for a dataset.</summary>
    public static bool HasSampleEnding(string name) =>
        HasImageEnding(name) && !Path.GetExtension(name).Equals(Gif, StringComparison.OrdinalIgnoreCase);

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

    /// <summary>"P1" to "P6", white space, and a width or a comment.</summary>
    private static bool IsPnm(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 8 && bytes[0] == 'P' && bytes[1] is >= (byte)'1' and <= (byte)'6'
        && bytes[2] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' && (char.IsAsciiDigit((char)bytes[3]) || bytes[3] == '#');

    /// <summary>A header that can be, and the signature of the format's second version or the ending of the name.</summary>
    private static bool IsTga(ReadOnlySpan<byte> bytes, string name)
    {
        const int HeaderSize = 18;
        if (bytes.Length <= HeaderSize || bytes[1] > 1)
            return false;
        if (bytes[2] is not (1 or 2 or 3 or 9 or 10 or 11) || bytes[16] is not (8 or 15 or 16 or 24 or 32))
            return false;
        return bytes.EndsWith("TRUEVISION-XFILE.\0"u8) || Path.GetExtension(name).Equals(".tga", StringComparison.OrdinalIgnoreCase);
    }

    private static ImageFormat Brand(ReadOnlySpan<byte> brand)
    {
        if (brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8))
            return ImageFormat.Avif;
        return brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8)
            ? ImageFormat.Heic
            : ImageFormat.Unknown;
    }
}
