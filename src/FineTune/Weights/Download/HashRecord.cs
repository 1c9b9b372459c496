namespace FineTune.Weights;

/// <summary>
/// The SHA-256 that a fetched file had at first use, in FILE.sha256 beside it: what sha256sum writes and checks. It stands for the
/// hash where the card does not have all of it.
/// </summary>
internal static class HashRecord
{
    private const int Digits = 64;

    /// <summary>Where the hash of a file is recorded.</summary>
    public static string PathOf(string file) => file + ".sha256";

    /// <summary>The hash recorded for a file; null where none is.</summary>
    /// <exception cref="FineTuneException">The record is damaged, or of another file.</exception>
    public static string? Read(string file)
    {
        var path = PathOf(file);
        if (!File.Exists(path))
            return null;
        try
        {
            var line = RegularFile.Text(path).TrimEnd('\r', '\n');
            var hash = line.Split(' ', 2)[0];
            return hash.Length == Digits && hash.All(char.IsAsciiHexDigitLower) && line == Line(hash, file)
                ? hash
                : throw new FineTuneException(
                    $"The lock file '{path}' does not hold the SHA-256 of '{Path.GetFileName(file)}'; delete it to record the hash anew.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"Cannot read the lock file '{path}': {RegularFile.Reason(path, e)}.", e);
        }
    }

    /// <summary>Records the hash of a file.</summary>
    public static void Write(string file, string hash) => AtomicFile.WriteText(PathOf(file), Line(hash, file) + "\n");

    private static string Line(string hash, string file) => $"{hash}  {Path.GetFileName(file)}";
}
