namespace FineTune.Weights;

/// <summary>torch.save's format since 1.6: a zip of NAME/data.pkl, NAME/data/KEY for each storage, and a few small entries.</summary>
internal static class ZipFile
{
    private const string PickleName = "data.pkl";

    public static bool Is(ReadOnlySpan<byte> start) => start.StartsWith("PK\x03\x04"u8);

    public static PickledFile Read(WeightInput input)
    {
        var zip = ZipIndex.Read(input);
        var pickles = zip.Entries.Where(
            e => e.Name.EndsWith("/" + PickleName, StringComparison.Ordinal) && e.Name.Count(c => c == '/') == 1).ToArray();
        if (pickles.Length != 1)
        {
            throw input.Fail(pickles.Length == 0
                ? "it is a zip file without a data.pkl, so torch.save did not write it"
                : "it has more than one data.pkl");
        }
        var root = pickles[0].Name[..^PickleName.Length];
        if (zip.Find(root + "byteorder") is { } order && !zip.Stored(order).Whole().Span.SequenceEqual("little"u8))
            throw input.Fail("it was written on a big-endian machine; save it again on a little-endian one");

        var table = new StorageTable(input);
        var unpickler = new Unpickler(input, table.Resolve);
        var value = unpickler.Load(zip.Pickle(pickles[0]));
        var storages = table.Storages.Values.ToDictionary(s => s.Key, s => zip.Stored(Entry(input, zip, root, s)), StringComparer.Ordinal);
        return new PickledFile(value, storages) { NotRead = unpickler.Classes };
    }

    private static ZipEntry Entry(WeightInput input, ZipIndex zip, string root, PickleStorage storage)
    {
        var name = WeightException.Printable(storage.Key);
        var entry = zip.Find($"{root}data/{storage.Key}") ?? throw input.Truncated($"storage '{name}'");
        return entry.Size == storage.Bytes
            ? entry
            : throw input.Fail($"storage '{name}' has {entry.Size} bytes where its tensors say {storage.Bytes}");
    }
}
