using System.Buffers.Binary;
using System.Text;

namespace FineTune.Experiment.TensorBoard;

/// <summary>Writes the fields of a protocol buffer's message, in the wire format of protobuf.dev/programming-guides/encoding.</summary>
internal sealed class ProtoMessage
{
    private readonly List<byte> _bytes = [];

    /// <summary>What was written.</summary>
    public byte[] Bytes => [.. _bytes];

    public ProtoMessage Number(int field, long value)
    {
        Tag(field, 0);
        Varint((ulong)value);
        return this;
    }

    public ProtoMessage Double(int field, double value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        Tag(field, 1);
        _bytes.AddRange(bytes);
        return this;
    }

    public ProtoMessage Float(int field, float value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        Tag(field, 5);
        _bytes.AddRange(bytes);
        return this;
    }

    public ProtoMessage Text(int field, string value) => Delimited(field, Encoding.UTF8.GetBytes(value));

    public ProtoMessage Message(int field, ProtoMessage value) => Delimited(field, value.Bytes);

    private ProtoMessage Delimited(int field, byte[] value)
    {
        Tag(field, 2);
        Varint((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    private void Tag(int field, int wireType) => Varint(((ulong)field << 3) | (uint)wireType);

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
    }
}
