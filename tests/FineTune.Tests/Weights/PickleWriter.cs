using System.Buffers.Binary;
using System.Text;

namespace FineTune.Tests.Weights;

/// <summary>Writes pickles by hand, honest ones and others.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> _bytes = [0x80, 2];

    public byte[] ToArray() => [.. _bytes];

    public PickleWriter Op(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleWriter Op(char op) => Op((byte)op);

    public PickleWriter Stop() => Op('.');

    public PickleWriter Text(string text) => Op('X').UInt32((uint)Encoding.UTF8.GetByteCount(text)).Op(Encoding.UTF8.GetBytes(text));

    public PickleWriter Global(string module, string name) => Op('c').Op(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));

    public PickleWriter Long(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Op(0x8a, 8).Op(bytes);
    }

    public PickleWriter Longs(params long[] values)
    {
        Op('(');
        foreach (var value in values)
            Long(value);
        return Op('t');
    }

    public PickleWriter UInt32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Op(bytes);
    }

    /// <summary>A storage by its persistent id.</summary>
    public PickleWriter Storage(string key, long count, string type = "FloatStorage") =>
        Op('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Long(count).Op('t').Op('Q');

    /// <summary>A tensor of storage '0'.</summary>
    public PickleWriter Tensor(long storageCount, long offset, long[] shape, long[] stride, string type = "FloatStorage") =>
        Global("torch._utils", "_rebuild_tensor_v2").Op('(').Storage("0", storageCount, type).Long(offset).Longs(shape).Longs(stride)
            .Op(0x89).Op('N').Op('t').Op('R');

    /// <summary>{"w": tensor}, as a whole pickle.</summary>
    public static byte[] Dict(long storageCount, long offset, long[] shape, long[] stride) =>
        new PickleWriter().Op('}').Text("w").Tensor(storageCount, offset, shape, stride).Op('s').Stop().ToArray();
}
