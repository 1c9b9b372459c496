using System.Buffers.Binary;
using System.Text;

namespace FineTune.Weights;

/// <summary>
/// The directory of a zip file whose entries are stored, as torch.save writes it (PKWARE's APPNOTE 6.3, zip64 included). Refused:
/// compressed or encrypted entries, entries that share bytes, names that lead elsewhere or come twice.
/// </summary>
internal sealed class ZipIndex
{
    private const int EndSize = 22;
    private const int LocatorSize = 20;
    private const int End64Size = 56;
    private const int CentralSize = 46;
    private const int LocalSize = 30;
    private const int MaxDirectoryBytes = 64 << 20;
    private const uint In64 = uint.MaxValue;
    private readonly WeightInput _input;
    private readonly OrderedDictionary<string, ZipEntry> _entries = new(StringComparer.Ordinal);

    private ZipIndex(WeightInput input) => _input = input;

    public IEnumerable<ZipEntry> Entries => _entries.Values;

    public static ZipIndex Read(WeightInput input)
    {
        var index = new ZipIndex(input);
        index.ReadDirectory();
        return index;
    }

    public ZipEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>The entry's bytes, to be read when asked for.</summary>
    public StoredBytes Stored(ZipEntry entry) => new(_input, entry.Start, entry.Size, $"'{entry.Name}'", entry.Crc);

    /// <summary>The entry as a source for an unpickler, checksum verified.</summary>
    public PickleBytes Pickle(ZipEntry entry)
    {
        Stored(entry).Verify();
        return new PickleBytes(_input, entry.Start, entry.Start + entry.Size);
    }

    private void ReadDirectory()
    {
        var (offset, size, count) = FindDirectory();
        var directory = _input.Read(offset, size, "its zip directory");
        if (ForeignZip.Sentence(ForeignZip.Names(directory), _input.Path) is { } foreign)
            throw _input.Fail(foreign);
        var at = 0;
        for (var i = 0L; i < count; i++)
        {
            var entry = ReadEntry(directory, ref at, offset);
            if (!_entries.TryAdd(entry.Name, entry))
                throw _input.Fail($"it has two entries '{entry.Name}'");
        }

        if (at != directory.Length)
            throw _input.Fail("its zip directory has a gap");
        var end = 0L;
        foreach (var entry in _entries.Values.OrderBy(e => e.Header))
        {
            if (entry.Header < end)
                throw _input.Fail($"entry '{entry.Name}' shares bytes with another");
            end = entry.Start + entry.Size;
        }
    }

    private (long Offset, long Size, long Count) FindDirectory()
    {
        var tail = _input.Read(
            Math.Max(0, _input.Length - EndSize - ushort.MaxValue), Math.Min(_input.Length, EndSize + ushort.MaxValue), "its end");
        var at = tail.Length - EndSize;
        while (at >= 0 && !(U32(tail, at) == 0x06054b50 && at + EndSize + U16(tail, at + 20) == tail.Length))
            at--;
        if (at < 0)
            throw _input.Truncated("the zip directory at its end");
        var end = _input.Length - tail.Length + at;
        (long Offset, long Size, long Count) place = (U32(tail, at + 16), U32(tail, at + 12), U16(tail, at + 10));
        if (end >= LocatorSize + End64Size)
        {
            var locator = _input.Read(end - LocatorSize, LocatorSize, "its end");
            if (U32(locator, 0) == 0x07064b50)
            {
                end = end - LocatorSize - End64Size;
                var end64 = _input.Read(end, End64Size, "its end");
                if (U32(end64, 0) != 0x06064b50 || I64(locator, 8) != end)
                    throw _input.Fail("its zip64 directory is not where it is said to be");
                place = (I64(end64, 48), I64(end64, 40), I64(end64, 32));
            }
        }

        var (offset, size, count) = place;
        if (size is < 0 or > MaxDirectoryBytes || offset < 0 || offset > end || offset + size != end)
            throw _input.Fail("its zip directory is not where it is said to be");
        if (count is < 0 || count > _input.Limits.MaxTensors + 64L || count > size / CentralSize)
            throw _input.Fail($"its zip directory lists {count} entries; at most {_input.Limits.MaxTensors} tensors are read");
        return place;
    }

    private ZipEntry ReadEntry(byte[] directory, ref int at, long directoryOffset)
    {
        if (directory.Length - at < CentralSize || U32(directory, at) != 0x02014b50)
            throw _input.Fail("its zip directory is damaged");
        int nameLength = U16(directory, at + 28), extraLength = U16(directory, at + 30), commentLength = U16(directory, at + 32);
        if (directory.Length - at - CentralSize < nameLength + extraLength + commentLength)
            throw _input.Fail("its zip directory is damaged");
        var nameBytes = directory.AsSpan(at + CentralSize, nameLength);
        var name = WeightException.Printable(Encoding.UTF8.GetString(nameBytes));
        if (name.Length == 0
            || name.StartsWith('/')
            || name.Contains('\\', StringComparison.Ordinal)
            || name.Contains(':', StringComparison.Ordinal)
            || name.Split('/').Contains(".."))
        {
            throw _input.Fail($"its entry '{name}' has a name that leads elsewhere");
        }
        if (U16(directory, at + 10) != 0)
            throw _input.Fail($"its entry '{name}' is compressed; torch.save stores entries as they are");
        if ((U16(directory, at + 8) & 0x41) != 0)
            throw _input.Fail($"its entry '{name}' is encrypted");
        var (size, packed, header) = Sizes(directory, at, directory.AsSpan(at + CentralSize + nameLength, extraLength));
        if (size != packed)
            throw _input.Fail($"its entry '{name}' is said to have {size} bytes and {packed} bytes");
        var start = CheckLocal(name, nameBytes, header);
        if (size < 0 || start > directoryOffset || size > directoryOffset - start)
            throw _input.Truncated($"the end of entry '{name}'");
        var crc = U32(directory, at + 16);
        at += CentralSize + nameLength + extraLength + commentLength;
        return new ZipEntry(name, header, start, size, crc);
    }

    /// <summary>Sizes and place of an entry; those that do not fit 32 bits stand in the zip64 extra field.</summary>
    private static (long Size, long Packed, long Header) Sizes(byte[] directory, int at, ReadOnlySpan<byte> extra)
    {
        Span<long> values = [U32(directory, at + 24), U32(directory, at + 20), U32(directory, at + 42)];
        while (extra.Length >= 4)
        {
            var id = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            var field = extra[4..Math.Min(extra.Length, 4 + BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]))];
            extra = extra[(4 + field.Length)..];
            for (var i = 0; id == 1 && i < values.Length; i++)
            {
                if (values[i] != In64 || field.Length < 8)
                    continue;
                values[i] = BinaryPrimitives.ReadInt64LittleEndian(field);
                field = field[8..];
            }
        }

        return (values[0], values[1], values[2]);
    }

    /// <summary>Holds the local header against the directory; returns where the bytes begin.</summary>
    private long CheckLocal(string name, ReadOnlySpan<byte> nameBytes, long header)
    {
        var local = _input.Read(header, LocalSize, $"entry '{name}'");
        if (U32(local, 0) != 0x04034b50 || U16(local, 8) != 0 || U16(local, 26) != nameBytes.Length
            || !_input.Read(header + LocalSize, nameBytes.Length, $"entry '{name}'").AsSpan().SequenceEqual(nameBytes))
        {
            throw _input.Fail($"its entry '{name}' is not what its zip directory says");
        }

        return header + LocalSize + nameBytes.Length + U16(local, 28);
    }

    private static ushort U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static long I64(byte[] bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
}
