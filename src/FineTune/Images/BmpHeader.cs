using System.Buffers.Binary;

namespace FineTune.Images;

/// <summary>A bitmap's two headers, of OS/2 (12, 16, 64 bytes) or Windows (40 to 124): size and depth.</summary>
internal static class BmpHeader
{
    /// <summary>Reads them; a negative height, which means that the first stored row is the topmost, is told as positive.</summary>
    /// <exception cref="ImageException">They say what is not read.</exception>
    public static ImageInfo Read(ReadOnlySpan<byte> file, string name)
    {
        var core = I32(file, 14) == 12;
        var width = core ? U16(file, 18) : I32(file, 18);
        var height = core ? U16(file, 20) : I32(file, 22);
        var bits = core ? U16(file, 24) : U16(file, 28);
        if (width < 1 || height is 0 or int.MinValue)
            throw new ImageException(name, $"its header says {width} x {height} pixels");
        if (bits is not (1 or 2 or 4 or 8 or 16 or 24 or 32))
            throw new ImageException(name, $"a BMP of {bits} bits is not read");
        var (channels, depth) = bits switch
        {
            <= 8 => (1, bits),
            16 => (3, 5),
            _ => (bits / 8, 8),
        };
        return new ImageInfo(ImageFormat.Bmp, width, Math.Abs(height), channels, depth);
    }

    private static int U16(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file[at..]);

    private static int I32(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadInt32LittleEndian(file[at..]);
}
