using System.Buffers.Binary;
using System.Text;

namespace FineTune.Weights;

/// <summary>A part of a weight file, read from front to back through a buffer. Lengths are checked before anything is allocated.</summary>
internal sealed class PickleBytes(WeightInput input, long start, long end)
{
    private const int MaxLine = 512;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly byte[] _buffer = new byte[1 << 16];
    private long _next = start;
    private int _at;
    private int _filled;

    /// <summary>Where the next byte stands in the file.</summary>
    public long Position => _next - (_filled - _at);

    public byte Byte()
    {
        if (_at == _filled)
            Fill();
        return _buffer[_at++];
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Small(stackalloc byte[2]));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Small(stackalloc byte[4]));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Small(stackalloc byte[4]));

    public double BigEndianDouble() => BinaryPrimitives.ReadDoubleBigEndian(Small(stackalloc byte[8]));

    /// <summary>A string of <paramref name="count"/> bytes of UTF-8.</summary>
    public string Text(long count)
    {
        var bytes = Bytes(count);
        try
        {
            // Python's surrogatepass is not needed: no name of a tensor holds half a character.
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw input.Fail("its pickle holds a string that is not UTF-8", e);
        }
    }

    /// <summary>A string of <paramref name="count"/> bytes as Python 2 wrote them.</summary>
    public string Latin1(long count) => Encoding.Latin1.GetString(Bytes(count));

    /// <summary>A line without its end, as in the operands of GLOBAL.</summary>
    public string Line()
    {
        var line = new StringBuilder();
        for (var b = Byte(); b != '\n'; b = Byte())
        {
            if (line.Length == MaxLine)
                throw input.Fail($"its pickle holds a name of more than {MaxLine} characters");
            line.Append((char)b);
        }

        return line.ToString();
    }

    /// <summary>An integer of <paramref name="count"/> bytes, two's complement; null where it needs more than 64 bits.</summary>
    public long? Long(int count)
    {
        var bytes = Bytes(count);
        if (count > 8)
            return null;
        var value = 0L;
        for (var i = 0; i < count; i++)
            value |= (long)bytes[i] << (8 * i);
        return count is > 0 and < 8 && (bytes[count - 1] & 0x80) != 0 ? value - (1L << (8 * count)) : value;
    }

    public byte[] Bytes(long count)
    {
        if (count > input.Limits.MaxStringBytes)
            throw input.Fail($"its pickle holds a string of {count} bytes; at most {input.Limits.MaxStringBytes} are read");
        if (count > end - Position)
            throw Truncated();
        var bytes = new byte[count];
        Small(bytes);
        return bytes;
    }

    private Span<byte> Small(Span<byte> bytes)
    {
        for (var rest = bytes; !rest.IsEmpty;)
        {
            if (_at == _filled)
                Fill();
            var n = Math.Min(rest.Length, _filled - _at);
            _buffer.AsSpan(_at, n).CopyTo(rest);
            _at += n;
            rest = rest[n..];
        }

        return bytes;
    }

    private void Fill()
    {
        var n = (int)Math.Min(_buffer.Length, end - _next);
        if (n <= 0)
            throw Truncated();
        input.Read(_next, _buffer.AsSpan(0, n), "the rest of its pickle");
        (_next, _at, _filled) = (_next + n, 0, n);
    }

    private WeightException Truncated() => input.Truncated("the rest of its pickle");
}
