using System.Buffers;

namespace FineTune.Images;

/// <summary>Whether a PNM, TGA or TIFF file has all the samples that its header promises: ImageSharp fills in what is missing.</summary>
internal static class DataLength
{
    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\n\v\f"u8);

    /// <summary>Checks it.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="info">What its header says.</param>
    /// <param name="name">The file's name, for the message.</param>
    /// <exception cref="ImageException">The file ends early.</exception>
    public static void Check(ReadOnlySpan<byte> file, ImageInfo info, string name)
    {
        var pixels = (long)info.StoredWidth * info.StoredHeight;
        var whole = info.Format switch
        {
            ImageFormat.Pnm => HasPnm(file, info, pixels),
            ImageFormat.Tga => HasTga(file, pixels),
            _ => TiffStrips.AreWhole(file),
        };
        if (!whole)
            throw new ImageException(name, $"the {ImageFormats.Name(info.Format)} data is damaged (it ends early)");
    }

    /// <summary>
    /// "P" and 1 to 6; width, height and, but for bitmaps, the greatest value; then samples: text up to P3, bytes from P4 on.
    /// </summary>
    private static bool HasPnm(ReadOnlySpan<byte> file, ImageInfo info, long pixels)
    {
        var kind = file[1] - '0';
        var bitmap = kind is 1 or 4;
        var rest = file[2..];
        if (NextNumber(ref rest) != info.StoredWidth || NextNumber(ref rest) != info.StoredHeight)
            return false; // ImageSharp's numbers overflow: the file has fewer pixels than its own say
        var greatest = bitmap ? 1 : NextNumber(ref rest);
        var channels = kind is 3 or 6 ? 3 : 1;
        var samples = pixels * channels;
        if (kind > 3)
        {
            var bytes = bitmap ? (long)((info.StoredWidth + 7) / 8) * info.StoredHeight : samples * (greatest > 255 ? 2 : 1);
            return rest.Length > bytes; // one white space stands before them
        }

        var found = 0L;
        while (found < samples && !(rest = Trimmed(rest)).IsEmpty)
        {
            var end = bitmap ? 1 : rest.IndexOfAny(Blanks);
            rest = end < 0 ? default : rest[end..];
            found++;
        }

        return found == samples;
    }

    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> text) =>
        text.IndexOfAnyExcept(Blanks) is >= 0 and var at ? text[at..] : default;

    private static int NextNumber(ref ReadOnlySpan<byte> rest)
    {
        while ((rest = Trimmed(rest)).StartsWith("#"u8))
            rest = rest.IndexOf((byte)'\n') is >= 0 and var end ? rest[end..] : default;
        var number = 0;
        for (; !rest.IsEmpty && char.IsAsciiDigit((char)rest[0]); rest = rest[1..])
            number = Math.Min(100_000_000, (10 * number) + rest[0] - '0');
        return number;
    }

    /// <summary>18 bytes of header, an identification, a palette, the pixels: as they are or in runs of up to 128.</summary>
    private static bool HasTga(ReadOnlySpan<byte> file, long pixels)
    {
        const int HeaderSize = 18, RunLength = 8; // the bit of the image type
        var palette = file[1] == 1 ? (file[5] | (file[6] << 8)) * ((file[7] + 7) / 8) : 0;
        var begin = HeaderSize + file[0] + palette;
        if (begin > file.Length)
            return false;
        var data = file[begin..];
        var size = (file[16] + 7) / 8;
        if ((file[2] & RunLength) == 0)
            return data.Length >= pixels * size;
        while (pixels > 0)
        {
            if (data.IsEmpty)
                return false;
            var count = 1 + (data[0] & 0x7F);
            var used = 1 + ((data[0] & 0x80) != 0 ? size : count * size);
            if (used > data.Length)
                return false;
            data = data[used..];
            pixels -= count;
        }

        return true;
    }
}
