using System.Buffers.Binary;

namespace FineTune.Experiment.TensorBoard;

/// <summary>
/// A record of a TFRecord file: its length (uint64), the length's masked checksum, the bytes, their masked checksum; little-endian.
/// </summary>
internal static class TfRecord
{
    private const int Header = sizeof(ulong) + sizeof(uint);

    /// <summary>The record of some bytes.</summary>
    public static byte[] Of(ReadOnlySpan<byte> payload)
    {
        var record = new byte[Header + payload.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(sizeof(ulong)), Crc32C.Masked(record.AsSpan(0, sizeof(ulong))));
        payload.CopyTo(record.AsSpan(Header));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(Header + payload.Length), Crc32C.Masked(payload));
        return record;
    }
}
