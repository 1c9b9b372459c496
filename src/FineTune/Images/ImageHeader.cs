using System.Buffers.Binary;

namespace FineTune.Images;

/// <summary>
/// What the headers of JPEG, PNG, WebP, BMP and GIF say, read here and not by the library that decodes: limits are held against
/// them before anything is given to native code.
/// </summary>
internal static class ImageHeader
{
    /// <summary>Reads the header.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="format">One of the five.</param>
    /// <param name="name">The file's name, for the message.</param>
    /// <exception cref="ImageException">It ends within the header, or the header is not of its format.</exception>
    public static ImageInfo Read(ReadOnlySpan<byte> file, ImageFormat format, string name)
    {
        try
        {
            return format switch
            {
                ImageFormat.Jpeg => Jpeg(file, name),
                ImageFormat.Png => Png(file),
                ImageFormat.WebP => WebP(Whole(file, name)) ?? throw Damaged(format, name),
                ImageFormat.Bmp => BmpHeader.Read(file, name),
                _ => new ImageInfo(format, U16(file[6..]), U16(file[8..]), 1, (file[10] & 7) + 1), // GIF's logical screen
            };
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw Damaged(format, name);
        }
    }

    private static ImageException Damaged(ImageFormat format, string name) =>
        new(name, $"the {ImageFormats.Name(format)} data is damaged (it ends within its header)");

    /// <summary>The first frame header, of whatever coding.</summary>
    private static ImageInfo Jpeg(ReadOnlySpan<byte> file, string name)
    {
        for (var rest = file[2..]; ;)
        {
            rest = rest[rest.IndexOf((byte)0xFF)..].TrimStart((byte)0xFF);
            var marker = rest[0];
            rest = rest[1..];
            if (marker is 0 or 1 or (>= 0xD0 and <= 0xD8))
                continue;
            if (marker is 0xD9 or 0xDA)
                throw new ImageException(name, "the JPEG data is damaged (it has no frame header)");
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                var (bits, channels) = (rest[2], rest[7]); // length, precision, height, width, components
                var (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(rest[3..]), BinaryPrimitives.ReadUInt16BigEndian(rest[5..]));
                return channels is 1 or 3 or 4
                    ? new ImageInfo(ImageFormat.Jpeg, width, height, channels, bits)
                    : throw new ImageException(name, $"a JPEG of {channels} components is not read (1, 3 and 4 are)");
            }

            rest = rest[BinaryPrimitives.ReadUInt16BigEndian(rest)..];
        }
    }

    private static ImageInfo Png(ReadOnlySpan<byte> file) // signature; length, "IHDR", width, height, depth, colour type
    {
        var channels = file[25] switch
        {
            2 => 3, // RGB
            4 => 2, // grey and alpha
            6 => 4, // RGB and alpha
            _ => 1, // grey, palette
        };
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(file[16..]), BinaryPrimitives.ReadUInt32BigEndian(file[20..]));
        return new ImageInfo(ImageFormat.Png, Saturated(width), Saturated(height), channels, file[24]);
    }

    private static ImageInfo? WebP(ReadOnlySpan<byte> file) // "RIFF", length, "WEBP", then the first chunk: name, length, data
    {
        var data = file[20..];
        if (file[12..].StartsWith("VP8X"u8))
        {
            var (alpha, animated) = ((data[0] & 0x10) != 0, (data[0] & 0x02) != 0);
            return Info(1 + U24(data[4..]), 1 + U24(data[7..]), alpha) with { Animated = animated };
        }

        if (file[12..].StartsWith("VP8L"u8) && data[0] == 0x2F)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]); // 14 bits of width - 1, 14 of height - 1, alpha
            return Info(1 + (int)(bits & 0x3FFF), 1 + (int)((bits >> 14) & 0x3FFF), (bits & (1u << 28)) != 0);
        }

        return file[12..].StartsWith("VP8 "u8) && data[3..].StartsWith<byte>([0x9D, 0x01, 0x2A])
            ? Info(U16(data[6..]) & 0x3FFF, U16(data[8..]) & 0x3FFF, alpha: false)
            : null;

        static ImageInfo Info(int width, int height, bool alpha) => new(ImageFormat.WebP, width, height, alpha ? 4 : 3, 8);
    }

    /// <summary>A WebP that ends within a chunk behind its pixels would lose its orientation without a word.</summary>
    private static ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> file, string name) =>
        BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) + 8L <= file.Length
            ? file
            : throw new ImageException(name, "the WebP data is damaged (it ends early)");

    private static int Saturated(uint value) => (int)Math.Min(value, int.MaxValue);

    private static int U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static int U24(ReadOnlySpan<byte> bytes) => U16(bytes) | (bytes[2] << 16);
}
