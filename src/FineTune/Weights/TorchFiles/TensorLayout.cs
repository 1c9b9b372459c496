namespace FineTune.Weights;

/// <summary>Turns strided views of storages into plain tensors. A view that is contiguous shares the storage's bytes.</summary>
internal sealed class TensorLayout(WeightInput input, Func<PickleStorage, byte[]> readStorage)
{
    private readonly Dictionary<string, byte[]> _storages = new(StringComparer.Ordinal);
    private long _tensors;
    private long _total;
    private long _copied;

    public TensorData LayOut(string name, PickleTensor tensor)
    {
        var limits = input.Limits;
        if (++_tensors > limits.MaxTensors)
            throw input.Fail($"it has more than {limits.MaxTensors} tensors");
        if (tensor.Bytes > Array.MaxLength)
            throw input.Fail($"tensor '{WeightException.Printable(name)}' has {tensor.Bytes} bytes; at most {Array.MaxLength} are read in one piece");
        _total += tensor.Bytes;
        if (_total > limits.MaxTotalBytes)
            throw input.Fail($"its tensors take more than {limits.MaxTotalBytes} bytes");
        if (!_storages.TryGetValue(tensor.Storage.Key, out var storage))
            _storages[tensor.Storage.Key] = storage = readStorage(tensor.Storage);
        if (tensor.IsContiguous)
            return new TensorData(tensor.Type, tensor.Shape, tensor.Count == 0 ? default : storage.AsMemory((int)tensor.FirstByte, (int)tensor.Bytes));
        _copied += tensor.Bytes;
        if (_copied > input.Length + limits.MaxExpandedBytes)
            throw input.Fail($"its views repeat elements: laid out they take more than {limits.MaxExpandedBytes} bytes beyond the file's {input.Length}");
        return new TensorData(tensor.Type, tensor.Shape, Copy(tensor, storage));
    }

    /// <summary>Walks the view row by row, as an odometer does.</summary>
    private static byte[] Copy(PickleTensor tensor, byte[] storage)
    {
        var size = tensor.Type.Size();
        var (shape, stride) = (tensor.Shape, tensor.Stride);
        var bytes = new byte[tensor.Bytes];
        var index = new long[shape.Length];
        var from = tensor.FirstByte;
        for (var to = 0; to < bytes.Length; to += size)
        {
            storage.AsSpan((int)from, size).CopyTo(bytes.AsSpan(to));
            for (var d = shape.Length - 1; d >= 0; d--)
            {
                from += stride[d] * size;
                if (++index[d] < shape[d])
                    break;
                from -= shape[d] * stride[d] * size;
                index[d] = 0;
            }
        }

        return bytes;
    }
}
