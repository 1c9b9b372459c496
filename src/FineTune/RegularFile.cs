using FineTune.Engine;
using Microsoft.Win32.SafeHandles;

namespace FineTune;

/// <summary>
/// Opens what a user names, to be read. A pipe that nobody writes to would be waited for without end, and a device has no end: only
/// regular files are opened. Every reading of a user's path goes through here.
/// </summary>
internal static class RegularFile
{
    /// <summary>The file, open to be read.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="share">What others may do with it meanwhile.</param>
    /// <exception cref="IOException">There is none, it cannot be opened, or it is not a regular file; the message says so.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static SafeFileHandle Open(string path, FileShare share = FileShare.Read)
    {
        if (Problem(path) is { } problem)
            throw new IOException(problem);
        var file = File.OpenHandle(path, share: share);
        if (!OperatingSystem.IsWindows() || IsOnDisk(file))
            return file;
        file.Dispose();
        throw new IOException(Refusal("a device or a pipe"));
    }

    /// <summary>Why a path that is there is not opened, as a clause, which Unix tells before it is; else null.</summary>
    public static string? Problem(string path) => FileStatus.Of(path)?.NotRegular is { } kind ? Refusal(kind) : null;

    /// <summary>The file as a stream, open to be read.</summary>
    public static FileStream OpenStream(string path) => new(Open(path), FileAccess.Read);

    /// <summary>All of its bytes; no more than it had when it was opened.</summary>
    public static byte[] Bytes(string path)
    {
        using var file = Open(path);
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)Math.Min(RandomAccess.GetLength(file), Array.MaxLength)));
        var read = 0;
        for (var count = -1; read < bytes.Length && count != 0; read += count)
            count = RandomAccess.Read(file, bytes.AsSpan(read), read);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>
    /// All of its text, by its byte order mark or as UTF-8. Another process may write it meanwhile, or put another in its place.
    /// </summary>
    public static string Text(string path)
    {
        using var reader = new StreamReader(new FileStream(Open(path, FileShare.ReadWrite | FileShare.Delete), FileAccess.Read));
        return reader.ReadToEnd();
    }

    /// <summary>Why a path cannot be opened, as a clause; <paramref name="missing"/> says it where there is none.</summary>
    public static string Reason(string path, Exception e, string missing = "there is no such file") => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => NameNotUtf8(path) ?? missing,
        _ when Directory.Exists(path) => "it is a folder",
        UnauthorizedAccessException => "permission to read it is denied",
        IOException { HResult: TooManyOpenFiles } =>
            "too many files are open at once; raise the limit of open files, for instance by: ulimit -n 1024",
        _ => e.Message.TrimEnd('.'),
    };

    /// <summary>What to do about a name that is not UTF-8, which .NET cannot open, as a clause; null where the name is another.</summary>
    public static string? NameNotUtf8(string path) => path.Contains('\uFFFD', StringComparison.Ordinal)
        ? "its name is not UTF-8; rename it, for instance by: convmv -f latin1 -t utf8 -r --notest FOLDER"
        : null;

    private const int TooManyOpenFiles = 24; // EMFILE, which .NET gives as HResult

    private static string Refusal(string kind) => $"it is not a regular file ({kind})";

    private static bool IsOnDisk(SafeFileHandle file)
    {
        try
        {
            _ = RandomAccess.GetLength(file);
            return true;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }
}
