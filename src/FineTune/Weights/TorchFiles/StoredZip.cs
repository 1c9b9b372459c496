using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace FineTune.Weights;

/// <summary>Writes a zip of stored entries, each one's bytes beginning at a multiple of 64 as torch.save places them.</summary>
internal sealed class StoredZip(Stream stream)
{
    private const int Alignment = 64;
    private const ushort PaddingField = 0x4246; // "FB", as torch marks it
    private readonly List<byte> _directory = [];
    private long _position;
    private int _count;

    public void Add(string name, ReadOnlySpan<byte> bytes)
    {
        var nameBytes = Encoding.UTF8.GetBytes(name);
        var crc = Crc32.HashToUInt32(bytes);
        var header = (uint)_position;
        var padding = (int)(-(_position + 30 + nameBytes.Length + 4) & (Alignment - 1));
        Span<byte> local = stackalloc byte[30];
        BinaryPrimitives.WriteUInt32LittleEndian(local, 0x04034b50);
        Common(local[4..], crc, bytes.Length, nameBytes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(local[28..], (ushort)(4 + padding));
        Span<byte> extra = stackalloc byte[4 + padding];
        extra.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(extra, PaddingField);
        BinaryPrimitives.WriteUInt16LittleEndian(extra[2..], (ushort)padding);
        Put(local);
        Put(nameBytes);
        Put(extra);
        Put(bytes);

        Span<byte> central = stackalloc byte[46];
        central.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(central, 0x02014b50);
        Common(central[6..], crc, bytes.Length, nameBytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(central[42..], header);
        _directory.AddRange(central);
        _directory.AddRange(nameBytes);
        _count++;
    }

    public void Finish()
    {
        var start = (uint)_position;
        Span<byte> end = stackalloc byte[22];
        end.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
        BinaryPrimitives.WriteUInt16LittleEndian(end[8..], (ushort)_count);
        BinaryPrimitives.WriteUInt16LittleEndian(end[10..], (ushort)_count);
        BinaryPrimitives.WriteUInt32LittleEndian(end[12..], (uint)_directory.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(end[16..], start);
        Put(_directory.ToArray());
        Put(end);
    }

    /// <summary>What a local and a central header share: flags, method, time, checksum, sizes, length of the name.</summary>
    private static void Common(Span<byte> to, uint crc, int size, int nameLength)
    {
        to[..24].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(to[10..], crc);
        BinaryPrimitives.WriteInt32LittleEndian(to[14..], size);
        BinaryPrimitives.WriteInt32LittleEndian(to[18..], size);
        BinaryPrimitives.WriteUInt16LittleEndian(to[22..], (ushort)nameLength);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        _position += bytes.Length;
    }
}
