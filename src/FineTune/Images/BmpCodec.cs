using System.Buffers.Binary;
using System.Numerics;

namespace FineTune.Images;

/// <summary>
/// Windows and OS/2 bitmaps: 1, 4 and 8 bits by palette, RLE4 and RLE8, 16, 24 and 32 bits with or without masks, bottom-up
/// and top-down. Alpha is dropped. Every index is checked by the runtime: no unsafe code.
/// </summary>
internal sealed class BmpCodec : IImageCodec
{
    /// <inheritdoc/>
    public string Libraries => "FineTune";

    /// <inheritdoc/>
    public ImageInfo Identify(ReadOnlySpan<byte> bytes, ImageFormat format, string name)
    {
        var header = BmpHeader.Read(bytes, name);
        return header.Bits switch
        {
            <= 8 => new ImageInfo(format, header.Width, header.Height, 1, header.Bits),
            16 => new ImageInfo(format, header.Width, header.Height, 3, 5),
            _ => new ImageInfo(format, header.Width, header.Height, header.Bits / 8, 8),
        };
    }

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlySpan<byte> bytes, ImageInfo info, ImageLimits limits, string name)
    {
        var header = BmpHeader.Read(bytes, name);
        if (header.PixelOffset > bytes.Length)
            throw EndsEarly(name);
        var data = bytes[(int)header.PixelOffset..];
        var (width, height) = (header.Width, header.Height);
        var pixels = new byte[checked(3 * width * height)];
        var colours = header.Bits <= 8 ? ReadPalette(bytes, header) : [];
        if (header.RunLength)
        {
            var indices = BmpRuns.Decode(data, width, height, header.Bits == 4) ?? throw EndsEarly(name);
            for (var y = 0; y < height; y++)
                Paint(indices.AsSpan(y * width, width), 8, colours, Row(pixels, header, y));
            return new RgbImage(width, height, pixels);
        }

        var used = (((long)width * header.Bits) + 7) / 8;
        var stride = (used + 3) & ~3L;
        if ((stride * (height - 1)) + used > data.Length)
            throw EndsEarly(name);
        for (var y = 0; y < height; y++)
        {
            var from = data.Slice((int)(y * stride), (int)used);
            var to = Row(pixels, header, y);
            if (header.Bits <= 8)
                Paint(from, header.Bits, colours, to);
            else if (header.Bits == 24)
                Swap(from, to);
            else
                Unmask(from, header, to);
        }

        return new RgbImage(width, height, pixels);
    }

    private static ImageException EndsEarly(string name) => new(name, "the BMP data is damaged (it ends early)");

    private static Span<byte> Row(byte[] pixels, BmpHeader header, int stored)
    {
        var y = header.TopDown ? stored : header.Height - 1 - stored;
        return pixels.AsSpan(3 * y * header.Width, 3 * header.Width);
    }

    /// <summary>256 colours; an index beyond the palette is that grey, as in Pillow.</summary>
    private static byte[] ReadPalette(ReadOnlySpan<byte> file, BmpHeader header)
    {
        var (offset, count, stride) = header.Palette;
        var colours = new byte[3 * 256];
        for (var i = 0; i < 256; i++)
        {
            var entry = i < count ? file.Slice((int)offset + (i * stride), 3) : [(byte)i, (byte)i, (byte)i];
            (colours[3 * i], colours[(3 * i) + 1], colours[(3 * i) + 2]) = (entry[2], entry[1], entry[0]);
        }

        return colours;
    }

    private static void Paint(ReadOnlySpan<byte> from, int bits, byte[] colours, Span<byte> to)
    {
        var perByte = 8 / bits;
        for (var x = 0; 3 * x < to.Length; x++)
        {
            var index = (from[x / perByte] >> (8 - (bits * ((x % perByte) + 1)))) & ((1 << bits) - 1);
            colours.AsSpan(3 * index, 3).CopyTo(to[(3 * x)..]);
        }
    }

    private static void Swap(ReadOnlySpan<byte> from, Span<byte> to)
    {
        for (var i = 0; i + 2 < to.Length; i += 3)
            (to[i], to[i + 1], to[i + 2]) = (from[i + 2], from[i + 1], from[i]);
    }

    private static void Unmask(ReadOnlySpan<byte> from, BmpHeader header, Span<byte> to)
    {
        var (red, green, blue) = header.Masks;
        var bytes = header.Bits / 8;
        for (var x = 0; 3 * x < to.Length; x++)
        {
            var pixel = bytes == 2
                ? BinaryPrimitives.ReadUInt16LittleEndian(from[(2 * x)..])
                : BinaryPrimitives.ReadUInt32LittleEndian(from[(4 * x)..]);
            to[3 * x] = Channel(pixel, red);
            to[(3 * x) + 1] = Channel(pixel, green);
            to[(3 * x) + 2] = Channel(pixel, blue);
        }
    }

    /// <summary>The masked bits stretched to 0..255, rounded down as in Pillow.</summary>
    private static byte Channel(uint pixel, uint mask)
    {
        if (mask == 0)
            return 0;
        var shift = BitOperations.TrailingZeroCount(mask);
        return (byte)(((pixel & mask) >> shift) * 255UL / (mask >> shift));
    }
}
