namespace FineTune.Weights;

/// <summary>Turns views of storages into tensors that are read when asked for. What they ask for together is checked at once.</summary>
internal sealed class TensorLayout(WeightInput input, IReadOnlyDictionary<string, StoredBytes> storages)
{
    private readonly LastStorage _last = new();

    public TensorData LayOut(string name, PickleTensor tensor)
    {
        var (limits, totals) = (input.Limits, input.Totals);
        if (++totals.Tensors > limits.MaxTensors)
            throw input.Fail($"{totals.Has} more than {limits.MaxTensors} tensors");
        if (tensor.Bytes > Array.MaxLength)
        {
            throw input.Fail(
                $"tensor '{WeightException.Printable(name)}' has {tensor.Bytes} bytes; at most {Array.MaxLength} are read in one piece");
        }
        totals.TensorBytes += tensor.Bytes;
        if (totals.TensorBytes > limits.MaxTotalBytes)
            throw input.Fail($"{totals.Its} tensors take more than {limits.MaxTotalBytes} bytes");
        return new TensorData(tensor.Type, tensor.Shape, Source(tensor, storages[tensor.Storage.Key]));
    }

    private TensorSource Source(PickleTensor tensor, StoredBytes storage)
    {
        if (tensor.Count == 0)
            return new MemorySource(default);
        if (tensor.IsContiguous)
            return new RowsSource(storage, tensor.FirstByte, tensor.Bytes);
        if (storage.Length > Array.MaxLength)
            throw input.Fail($"a view is of a storage of {storage.Length} bytes; at most {Array.MaxLength} are read in one piece");
        var (limits, totals) = (input.Limits, input.Totals);
        totals.ViewBytes += tensor.Bytes;
        if (totals.ViewBytes > totals.FileBytes + limits.MaxExpandedBytes)
        {
            throw input.Fail(
                $"{totals.Its} views repeat elements: laid out they take more than {limits.MaxExpandedBytes} bytes "
                + $"beyond the file's {totals.FileBytes}");
        }

        return new StridedSource(storage, _last, tensor);
    }
}
