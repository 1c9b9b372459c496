using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace FineTune.Weights;

/// <summary>
/// Writes a state dict as torch.save does since 1.6, for torch.load to read: a plain dict of tensors, each with a storage of its
/// own. Metadata has no place in such a file and is left out; safetensors keeps it.
/// </summary>
public static class TorchWriter
{
    private const int MaxTensors = 65_000;
    private const long MaxBytes = 4_000_000_000;

    /// <summary>Writes the tensors of <paramref name="state"/> to <paramref name="path"/>, whole or not at all.</summary>
    /// <exception cref="FineTuneException">
    /// The disk is full, the folder cannot be written, or there are more than 65,000 tensors or 4,000,000,000 bytes.
    /// </exception>
    public static void Write(string path, StateDict state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var bytes = state.Values.Sum(t => t.ByteCount);
        if (state.Count > MaxTensors || bytes > MaxBytes)
        {
            throw new FineTuneException($"Cannot write '{path}': {state.Count} tensors of {bytes} bytes; "
                + $"a .pth file takes at most {MaxTensors} of {MaxBytes} bytes, safetensors takes more.");
        }
        var pickle = Pickle(state);
        AtomicFile.Write(path, stream =>
        {
            var zip = new StoredZip(stream);
            zip.Add("archive/data.pkl", pickle);
            zip.Add("archive/byteorder", "little"u8);
            var key = 0;
            foreach (var tensor in state.Values)
                zip.Add(string.Create(CultureInfo.InvariantCulture, $"archive/data/{key++}"), tensor.Bytes.Span);
            zip.Add("archive/version", "3\n"u8);
            zip.Finish();
        });
    }

    private static byte[] Pickle(StateDict state)
    {
        var to = new List<byte> { PickleOp.Proto, 2, PickleOp.EmptyDict, PickleOp.Mark };
        var key = 0;
        foreach (var (name, tensor) in state)
        {
            Text(to, name);
            Global(to, "torch._utils", "_rebuild_tensor_v2");
            to.AddRange([PickleOp.Mark, PickleOp.Mark]);
            Text(to, "storage");
            Global(to, "torch", tensor.Type.StorageName());
            Text(to, (key++).ToString(CultureInfo.InvariantCulture));
            Text(to, "cpu");
            Long(to, tensor.Count);
            to.AddRange([PickleOp.Tuple, PickleOp.BinPersId]);
            Long(to, 0);
            Longs(to, tensor.Shape);
            Longs(to, Strides(tensor.Shape));
            to.Add(PickleOp.False);
            Global(to, "collections", "OrderedDict");
            to.AddRange([PickleOp.EmptyTuple, PickleOp.Reduce, PickleOp.Tuple, PickleOp.Reduce]);
        }

        to.AddRange([PickleOp.SetItems, PickleOp.Stop]);
        return [.. to];
    }

    private static long[] Strides(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        var step = 1L;
        for (var d = shape.Count - 1; d >= 0; d--)
        {
            strides[d] = step;
            step *= Math.Max(1, shape[d]);
        }

        return strides;
    }

    private static void Text(List<byte> to, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        to.Add(PickleOp.BinUnicode);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        to.AddRange(length);
        to.AddRange(bytes);
    }

    private static void Global(List<byte> to, string module, string name)
    {
        to.Add(PickleOp.Global);
        to.AddRange(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    private static void Longs(List<byte> to, IReadOnlyList<long> values)
    {
        to.Add(PickleOp.Mark);
        foreach (var value in values)
            Long(to, value);
        to.Add(PickleOp.Tuple);
    }

    private static void Long(List<byte> to, long value)
    {
        to.AddRange([PickleOp.Long1, 8]);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        to.AddRange(bytes);
    }
}
