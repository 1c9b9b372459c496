namespace FineTune.Weights;

/// <summary>
/// Weights in several files beside an index (model.safetensors.index.json, pytorch_model.bin.index.json). Every tensor of the index has
/// to be in the file that it says, and nothing else may be there.
/// </summary>
internal static class ShardedFile
{
    /// <summary>How the names of indexes end.</summary>
    public const string Ending = ".index.json";

    /// <summary>True where the file is JSON: a safetensors file begins with a length, whose upper bytes are 0.</summary>
    public static bool Is(ReadOnlySpan<byte> start) =>
        start.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] && !start[..Math.Min(8, start.Length)].Contains((byte)0);

    /// <summary>The tensors of all shards, in the index's order.</summary>
    /// <param name="input">The index.</param>
    /// <param name="read">Reads a shard.</param>
    public static StateDict Read(WeightInput input, Func<WeightInput, StateDict> read)
    {
        if (input.Memory is not null)
            throw input.Fail("it is an index of shards, which lie beside it; read it by its path");
        var index = ShardIndex.Read(input);
        var totals = new WeightTotals { OfShards = true };
        var files = new List<WeightInput>();
        try
        {
            var shards = new Dictionary<string, StateDict>(StringComparer.Ordinal);
            foreach (var tensors in index.Shards.GroupBy(t => t.Value, t => t.Key, StringComparer.Ordinal))
            {
                files.Add(Open(input, tensors.Key, totals));
                shards[tensors.Key] = read(files[^1]);
                Compare(input, index, tensors.Key, [.. tensors], shards[tensors.Key]);
            }

            input.Dispose();
            return Join(index, shards);
        }
        catch
        {
            files.ForEach(f => f.Dispose());
            throw;
        }
    }

    private static WeightInput Open(WeightInput index, string name, WeightTotals totals)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(index.Path))!, name);
        var shown = WeightException.Printable(name);
        if (!File.Exists(path))
            throw index.Fail($"its shard '{shown}' is missing; put every shard beside the index");
        string[] allowed = [Path.GetDirectoryName(path)!, RealFolder(index.Path)]; // a cache may have links to a folder of all its files
        return allowed.Contains(RealFolder(path), StringComparer.Ordinal)
            ? WeightInput.Open(path, index.Limits, totals)
            : throw index.Fail($"its shard '{shown}' is a link to another folder; put the file itself beside the index");
    }

    /// <summary>The folder of a file, links of the file followed.</summary>
    private static string RealFolder(string path)
    {
        var file = new FileInfo(path);
        return Path.GetDirectoryName(file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName)!;
    }

    private static void Compare(WeightInput input, ShardIndex index, string shard, string[] expected, StateDict found)
    {
        var shown = WeightException.Printable(shard);
        if (Array.Find(expected, t => !found.ContainsKey(t)) is { } missing)
            throw input.Fail($"its shard '{shown}' lacks tensor '{WeightException.Printable(missing)}'");
        if (found.Count == expected.Length)
            return;
        var other = found.Keys.First(t => index.Shards.GetValueOrDefault(t) != shard);
        var tensor = WeightException.Printable(other);
        throw input.Fail(index.Shards.TryGetValue(other, out var place)
            ? $"tensor '{tensor}' is in its shard '{shown}' and said to be in '{WeightException.Printable(place)}'"
            : $"its shard '{shown}' has tensor '{tensor}', which the index does not name");
    }

    /// <summary>Of metadata that several have, the index's counts first, then that of the first shard.</summary>
    private static StateDict Join(ShardIndex index, Dictionary<string, StateDict> shards)
    {
        var state = new StateDict();
        foreach (var (tensor, shard) in index.Shards)
            state.Add(tensor, shards[shard][tensor]);
        foreach (var (key, value) in shards.Values.Select(s => s.Metadata).Prepend(index.Metadata).SelectMany(m => m))
            state.Metadata.TryAdd(key, value);
        return state;
    }
}
