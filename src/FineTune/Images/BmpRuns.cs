namespace FineTune.Images;

/// <summary>RLE8 and RLE4: runs of one index (or two by turns), literal stretches, and jumps.</summary>
internal static class BmpRuns
{
    /// <summary>Indices, [height, width], in the stored order of rows; null if the data ends before the image does.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> data, int width, int height, bool four)
    {
        const int EndOfLine = 0, EndOfImage = 1, Jump = 2;
        var indices = new byte[checked(width * height)];
        var (x, y) = (0, 0);
        for (var at = 0; y < height;)
        {
            if (at + 2 > data.Length)
                return x >= width && y == height - 1 ? indices : null;
            int count = data[at], second = data[at + 1];
            at += 2;
            if (count > 0)
            {
                x = Run(indices.AsSpan(y * width, width), x, count, four ? second >> 4 : second, four ? second & 15 : second);
                continue;
            }

            switch (second)
            {
                case EndOfLine:
                    (x, y) = (0, y + 1);
                    break;
                case EndOfImage:
                    return indices;
                case Jump:
                    if (at + 2 > data.Length)
                        return null;
                    (x, y) = (Math.Min(width, x + data[at]), y + data[at + 1]);
                    at += 2;
                    break;
                default:
                    var bytes = four ? (second + 1) / 2 : second;
                    if (at + bytes > data.Length)
                        return null;
                    x = Literal(indices.AsSpan(y * width, width), x, second, data.Slice(at, bytes), four);
                    at += (bytes + 1) & ~1; // stretches fill words of two bytes
                    break;
            }
        }

        return indices;
    }

    private static int Run(Span<byte> row, int x, int count, int even, int odd)
    {
        var end = Math.Min(row.Length, x + count);
        for (var i = 0; x < end; x++, i++)
            row[x] = (byte)(i % 2 == 0 ? even : odd);
        return x;
    }

    private static int Literal(Span<byte> row, int x, int count, ReadOnlySpan<byte> data, bool four)
    {
        var end = Math.Min(row.Length, x + count);
        for (var i = 0; x < end; x++, i++)
            row[x] = four ? (byte)(data[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15) : data[i];
        return x;
    }
}
