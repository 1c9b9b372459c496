namespace FineTune.Weights;

/// <summary>
/// The storage of a file that strided views were last taken of, whole: further views of it read nothing, and no more than one is kept.
/// </summary>
internal sealed class LastStorage
{
    private readonly Lock _lock = new();
    private StoredBytes? _storage;
    private ReadOnlyMemory<byte> _bytes;

    public ReadOnlyMemory<byte> Whole(StoredBytes storage)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_storage, storage))
                return _bytes;
            (_storage, _bytes) = (null, default); // before the next is read, so that there are never two
            _bytes = storage.Whole();
            _storage = storage;
            return _bytes;
        }
    }
}
