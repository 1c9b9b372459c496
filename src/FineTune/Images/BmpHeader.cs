using System.Buffers.Binary;

namespace FineTune.Images;

/// <summary>A bitmap's two headers, of OS/2 (12, 16, 64 bytes) or Windows (40 to 124), every field held against the file.</summary>
internal sealed record BmpHeader
{
    /// <summary>Offset of the masks, behind the first 40 bytes of the second header in every version.</summary>
    private const int MaskOffset = 14 + 40;

    public int Width { get; private init; }

    public int Height { get; private init; }

    /// <summary>The first stored row is the topmost.</summary>
    public bool TopDown { get; private init; }

    /// <summary>A pixel: 1, 4 and 8 are palette indices.</summary>
    public int Bits { get; private init; }

    /// <summary>Runs of indices instead of rows.</summary>
    public bool RunLength { get; private init; }

    /// <summary>Red, green and blue within a pixel of 16 or 32 bits.</summary>
    public (uint Red, uint Green, uint Blue) Masks { get; private init; }

    /// <summary>Where the palette begins, its number of entries, and the bytes of one.</summary>
    public (long Offset, int Count, int Stride) Palette { get; private init; }

    public long PixelOffset { get; private init; }

    /// <exception cref="ImageException">The header ends early, or says what is not read.</exception>
    public static BmpHeader Read(ReadOnlySpan<byte> file, string name)
    {
        var size = BinaryPrimitives.ReadInt32LittleEndian(file[14..]); // Detect has seen it
        if (file.Length < 14 + size)
            throw new ImageException(name, "the BMP header ends early");
        var core = size == 12;
        var width = core ? U16(file, 18) : I32(file, 18);
        var height = core ? U16(file, 20) : I32(file, 22);
        var bits = core ? U16(file, 24) : U16(file, 28);
        var compression = size >= 40 ? I32(file, 30) : 0;
        var colours = size >= 40 && I32(file, 46) != 0 ? (uint)I32(file, 46) : 1u << Math.Min(bits, 8);
        if (width < 1 || height is 0 or int.MinValue)
            throw new ImageException(name, $"its header says {width} x {height} pixels");
        var masked = compression is 3 or 6 && bits is 16 or 32;
        if (!(bits is 1 or 4 or 8 or 16 or 24 or 32) || !(compression == 0 || masked || (compression, bits) is (1, 8) or (2, 4)))
            throw new ImageException(name, $"a BMP of {bits} bits with compression {compression} is not read");

        var entry = core ? 3 : 4;
        var count = bits <= 8 ? (int)Math.Min(colours, 256) : 0;
        var palette = 14L + size;
        long pixels = (uint)I32(file, 10);
        if (pixels == 0 || (pixels == palette && count > 0))
            pixels = palette + (entry * count); // writers exist that forget the palette
        if (count > 0 && palette + (entry * count) > file.Length)
            throw new ImageException(name, "the BMP palette ends early");
        return new BmpHeader
        {
            Width = width,
            Height = Math.Abs(height),
            TopDown = height < 0,
            Bits = bits,
            RunLength = compression is 1 or 2,
            Masks = masked ? ReadMasks(file, bits, name) : DefaultMasks(bits),
            Palette = (palette, count, entry),
            PixelOffset = pixels,
        };
    }

    private static (uint Red, uint Green, uint Blue) DefaultMasks(int bits) =>
        bits == 16 ? (0x7C00u, 0x3E0u, 0x1Fu) : (0xFF0000u, 0xFF00u, 0xFFu);

    private static (uint Red, uint Green, uint Blue) ReadMasks(ReadOnlySpan<byte> file, int bits, string name)
    {
        if (file.Length < MaskOffset + 12)
            throw new ImageException(name, "the BMP header ends early");
        var masks = ((uint)I32(file, MaskOffset), (uint)I32(file, MaskOffset + 4), (uint)I32(file, MaskOffset + 8));
        return masks == (0u, 0u, 0u) ? DefaultMasks(bits) : masks;
    }

    private static int U16(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file[at..]);

    private static int I32(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadInt32LittleEndian(file[at..]);
}
