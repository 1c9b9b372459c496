namespace FineTune.Weights;

/// <summary>A folder that stands for the weights in it.</summary>
internal static class WeightFolder
{
    /// <summary>The only index of shards in a folder, or else its only safetensors file; null where there is neither.</summary>
    /// <exception cref="WeightException">The folder cannot be listed.</exception>
    public static string? Find(string path)
    {
        if (!Directory.Exists(path))
            return null;
        try
        {
            var indexes = Matching(path, ShardedFile.Ending);
            return indexes.Length > 0 ? Only(indexes) : Only(Matching(path, ".safetensors"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightException(path, e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>The file that a path means: itself, or the one in the folder that it is.</summary>
    /// <exception cref="WeightException">It is a folder with no such file or several.</exception>
    public static string Resolve(string path) => Find(path) ?? (Directory.Exists(path)
        ? throw new WeightException(
            path,
            ForeignFile.Folder(path) ?? $"it is a folder that has neither one *{ShardedFile.Ending} nor one *.safetensors; name a file")
        : path);

    private static string[] Matching(string folder, string ending) =>
        [.. Directory.EnumerateFiles(folder).Where(f => f.EndsWith(ending, StringComparison.Ordinal)).Take(2)];

    private static string? Only(string[] files) => files.Length == 1 ? files[0] : null;
}
