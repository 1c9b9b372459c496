using System.Buffers.Binary;

namespace FineTune.Weights;

/// <summary>
/// torch.save's format before 1.6: pickles of a magic number, a protocol version, the machine's habits, the value and the list of
/// storage keys, then each storage as its number of elements (int64) and the elements.
/// </summary>
internal static class LegacyFile
{
    private const long ProtocolVersion = 1001;

    /// <summary>The first pickle, as every version of torch wrote it: 0x1950a86a20f9469cfc6c in protocol 2.</summary>
    private static ReadOnlySpan<byte> Magic => [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];

    public static bool Is(ReadOnlySpan<byte> start) =>
        start.Length >= Magic.Length && start[0] == Magic[0] && start[2..].StartsWith(Magic[2..]);

    public static PickledFile Read(WeightInput input)
    {
        var table = new StorageTable(input);
        var bytes = new PickleBytes(input, Magic.Length, input.Length);
        var unpickler = new Unpickler(input, table.Resolve);
        if (unpickler.Load(bytes) is not ProtocolVersion)
            throw input.Fail($"it is not of torch.save's protocol version {ProtocolVersion}");
        if (unpickler.Load(bytes) is not PickleDict machine
            || !machine.Entries.TryGetValue("little_endian", out var little)
            || little is not bool)
        {
            throw input.Fail("it does not say in which order its bytes stand");
        }
        if (little is false)
            throw input.Fail("it was written on a big-endian machine; save it again on a little-endian one");
        var root = unpickler.Load(bytes);
        if (unpickler.Load(bytes) is not List<object?> keys)
            throw input.Fail("its list of storages is not a list");
        return new PickledFile(root, Storages(input, table, keys, bytes.Position)) { NotRead = unpickler.Classes };
    }

    /// <summary>Each storage's elements, by its key.</summary>
    private static Dictionary<string, StoredBytes> Storages(WeightInput input, StorageTable table, List<object?> keys, long position)
    {
        var places = new Dictionary<string, StoredBytes>(StringComparer.Ordinal);
        Span<byte> count = stackalloc byte[8];
        foreach (var item in keys)
        {
            if (item is not string key || !table.Storages.TryGetValue(key, out var storage))
                throw input.Fail("its list of storages names one that no tensor has");
            var name = WeightException.Printable(key);
            if (!places.TryAdd(key, new StoredBytes(input, position + 8, storage.Bytes, $"storage '{name}'")))
                throw input.Fail($"its list of storages names '{name}' twice");
            input.Read(position, count, $"the size of storage '{name}'");
            var found = BinaryPrimitives.ReadInt64LittleEndian(count);
            if (found != storage.Count)
                throw input.Fail($"storage '{name}' has {found} elements where its tensors say {storage.Count}");
            position += 8 + storage.Bytes; // no overflow: no storage is larger than the file, and each step is checked against its end
            if (position > input.Length)
                throw input.Truncated($"the end of storage '{name}'");
        }

        if (table.Storages.Count != places.Count)
            throw input.Fail("its list of storages lacks one that a tensor has");
        if (position != input.Length)
            throw input.Fail($"{input.Length - position} bytes follow its last storage");
        return places;
    }
}
