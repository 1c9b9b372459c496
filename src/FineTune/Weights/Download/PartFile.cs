namespace FineTune.Weights;

/// <summary>
/// What has arrived of a file: FILE.part, and in FILE.part.etag the version of the file that it is a part of. A part without a
/// version cannot be continued.
/// </summary>
/// <param name="file">The file that it becomes.</param>
/// <param name="open">Opens the part to be written; null: the disk.</param>
internal sealed class PartFile(string file, Func<string, FileMode, Stream>? open)
{
    private const int LongestTag = 1000;

    /// <summary>Its path.</summary>
    public string Path { get; } = file + ".part";

    /// <summary>Bytes that have arrived; 0 where they cannot be continued.</summary>
    public long Length => Tag is null || !File.Exists(Path) ? 0 : new FileInfo(Path).Length;

    /// <summary>The strong ETag of its version; null where there is none.</summary>
    public string? Tag => File.Exists(TagPath) && RegularFile.Text(TagPath) is { Length: > 0 and <= LongestTag } tag ? tag : null;

    private string TagPath => Path + ".etag";

    /// <summary>Starts anew, with a version of the file.</summary>
    public void Begin(string? tag)
    {
        Clear();
        if (tag is not null && tag.Length <= LongestTag)
            AtomicFile.WriteText(TagPath, tag);
    }

    /// <summary>Throws away what has arrived.</summary>
    public void Clear()
    {
        // The version first: bytes without a version are never continued.
        File.Delete(TagPath);
        File.Delete(Path);
    }

    /// <summary>After a failure: what is to be said of the part, as a clause; one that cannot be continued is thrown away.</summary>
    public string Kept()
    {
        if (Length > 0)
            return "; what has arrived is kept, and the same command goes on from it";
        Clear();
        return string.Empty;
    }

    /// <summary>The part, to write at its end.</summary>
    public Stream Append() => (open ?? OnDisk)(Path, FileMode.Append);

    /// <summary>Makes it the file.</summary>
    public void Finish()
    {
        AtomicFile.Rename(Path, file);
        File.Delete(TagPath);
    }

    private static FileStream OnDisk(string path, FileMode mode) => new(path, mode, FileAccess.Write, FileShare.Read, bufferSize: 0);
}
