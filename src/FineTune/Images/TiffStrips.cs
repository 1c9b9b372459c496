using System.Buffers.Binary;

namespace FineTune.Images;

/// <summary>Whether the strips or tiles of a TIFF's first page lie within the file: ImageSharp fills in what is missing.</summary>
internal readonly ref struct TiffStrips
{
    private const int StripOffsets = 273, StripCounts = 279, TileOffsets = 324, TileCounts = 325;
    private const int Short = 3, EntrySize = 12;

    private readonly ReadOnlySpan<byte> _file;
    private readonly bool _big;

    private TiffStrips(ReadOnlySpan<byte> file)
    {
        _file = file;
        _big = file[0] == 'M';
    }

    /// <summary>True too where the page has none, or says it in a way that is not known: the decoder has the last word.</summary>
    public static bool AreWhole(ReadOnlySpan<byte> file)
    {
        try
        {
            return new TiffStrips(file).AreWhole();
        }
        catch (ArgumentOutOfRangeException)
        {
            return false; // a table lies outside
        }
    }

    private bool AreWhole()
    {
        var directory = (int)Math.Min(int.MaxValue, U32(4));
        var entries = U16(directory);
        ReadOnlySpan<byte> offsets = default, counts = default;
        for (var k = 0; k < entries; k++)
        {
            var entry = _file.Slice(directory + 2 + (k * EntrySize), EntrySize);
            var tag = U16(directory + 2 + (k * EntrySize));
            if (tag is StripOffsets or TileOffsets)
                offsets = entry;
            else if (tag is StripCounts or TileCounts)
                counts = entry;
        }

        if (offsets.IsEmpty || counts.IsEmpty)
            return true;
        var strips = Math.Min(Length(offsets), Length(counts));
        for (var k = 0L; k < strips; k++)
        {
            if (Value(offsets, k) + Value(counts, k) > _file.Length)
                return false;
        }

        return true;
    }

    private long Length(ReadOnlySpan<byte> entry) => Read32(entry[4..]);

    /// <summary>Values of up to four bytes in all stand in the entry, others where it points.</summary>
    private long Value(ReadOnlySpan<byte> entry, long index)
    {
        var size = Read16(entry[2..]) == Short ? 2 : 4;
        var values = Length(entry) * size <= 4 ? entry[8..] : _file[(int)Math.Min(int.MaxValue, Read32(entry[8..]))..];
        var at = values[(int)Math.Min(int.MaxValue, index * size)..];
        return size == 2 ? Read16(at) : Read32(at);
    }

    private int U16(int at) => Read16(_file[at..]);

    private long U32(int at) => Read32(_file[at..]);

    private int Read16(ReadOnlySpan<byte> bytes) => _big
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes)
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private long Read32(ReadOnlySpan<byte> bytes) => _big
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
