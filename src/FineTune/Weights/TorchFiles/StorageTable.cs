using System.Globalization;

namespace FineTune.Weights;

/// <summary>The storages that a pickle names, by their key in the file.</summary>
internal sealed class StorageTable(WeightInput input)
{
    private readonly OrderedDictionary<string, PickleStorage> _storages = new(StringComparer.Ordinal);

    /// <summary>Whole storages, in the order in which the pickle first names them.</summary>
    public IReadOnlyDictionary<string, PickleStorage> Storages => _storages;

    /// <summary>The storage of a persistent id: ('storage', class, key, device, elements[, view]).</summary>
    public PickleStorage Resolve(object?[] id)
    {
        if (id is not ["storage", PickleGlobal { Kind: PickleGlobalKind.Storage } type, string or long, _, long count, ..])
            throw input.Fail("its pickle names something outside itself that is no storage");
        var key = Convert.ToString(id[2], CultureInfo.InvariantCulture)!;
        if (count < 0 || count > input.Length / type.Type.Size())
        {
            throw input.Fail($"it is cut short or lies: storage '{WeightException.Printable(key)}' is said to have {count} elements of "
                + $"{type.Type.Size()} bytes, and the file has {input.Length} bytes");
        }
        var storage = new PickleStorage(key, type.Type, count, 0, count);
        if (_storages.TryAdd(key, storage))
        {
            if (_storages.Count > input.Limits.MaxTensors)
                throw input.Fail($"it has more than {input.Limits.MaxTensors} storages");
        }
        else if (_storages[key] != storage)
        {
            throw input.Fail($"storage '{WeightException.Printable(key)}' is named twice with different types or sizes");
        }

        return id.Length > 5 ? View(storage, id[5]) : storage;
    }

    /// <summary>Files of torch before 0.4 name parts of a storage: (key, first element, elements).</summary>
    private PickleStorage View(PickleStorage storage, object? view) => view switch
    {
        null => storage,
        object?[] and [_, long first, long count]
            when first >= 0 && count >= 0 && first <= storage.Count && count <= storage.Count - first =>
            storage with { First = first, ViewCount = count },
        _ => throw input.Fail($"a view of storage '{WeightException.Printable(storage.Key)}' reaches beyond it"),
    };
}
