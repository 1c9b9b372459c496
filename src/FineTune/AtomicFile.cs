using System.Text.Json;
using System.Text.Json.Nodes;

namespace FineTune;

/// <summary>
/// Writes a file so that its final path holds the old content or the new, whole, and never a part: a temporary file
/// beside it, flushed to the disk, renamed over it, then the folder flushed.
/// </summary>
public static class AtomicFile
{
    /// <summary>Ending of the temporary file that is written beside the final one.</summary>
    public const string TemporarySuffix = ".tmp";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly FileCalls OfSystem = new();
    private static readonly AsyncLocal<FileCalls?> Injected = new();

    /// <summary>What the files of this flow of control go through; null: the system itself.</summary>
    internal static FileCalls? Faults
    {
        set => Injected.Value = value;
    }

    private static FileCalls Calls => Injected.Value ?? OfSystem;

    /// <summary>Writes <paramref name="text"/> as UTF-8.</summary>
    /// <exception cref="FineTuneException">The disk is full, or the folder cannot be written.</exception>
    public static void WriteText(string path, string text) => Write(path, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Writes <paramref name="node"/> as JSON, a line each member.</summary>
    /// <exception cref="FineTuneException">The disk is full, or the folder cannot be written.</exception>
    public static void WriteJson(string path, JsonNode node) => WriteText(path, node.ToJsonString(Indented) + "\n");

    /// <summary>Writes <paramref name="bytes"/>.</summary>
    /// <exception cref="FineTuneException">The disk is full, or the folder cannot be written.</exception>
    public static void Write(string path, ReadOnlyMemory<byte> bytes) => Write(path, stream => stream.Write(bytes.Span));

    /// <summary>Writes what <paramref name="write"/> puts into the stream.</summary>
    /// <exception cref="FineTuneException">The disk is full, or the folder cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        path = Path.GetFullPath(path);
        var temporary = $"{path}.{Environment.ProcessId}{TemporarySuffix}";
        try
        {
            using (var file = Calls.Create(temporary))
            {
                write(file);
                Calls.Flush(file);
            }

            Calls.Move(temporary, path);
            Calls.FlushFolder(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException
            or ArgumentOutOfRangeException { ParamName: "value" }) // the last is .NET's EFBIG
        {
            TryDelete(temporary);
            throw new FineTuneException($"Cannot write '{path}': {Reason(e)}; what was there before is unchanged.", e);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
    }

    /// <summary>Checks that a file can be written later, before what it is to hold takes time; nothing is left behind.</summary>
    /// <exception cref="FineTuneException">It is a folder, or its folder is not there or cannot be written.</exception>
    public static void CheckWritable(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            if (Directory.Exists(path))
                throw new IOException("it is a folder");
            new FileStream($"{path}.{Environment.ProcessId}{TemporarySuffix}", FileMode.Create, FileAccess.Write, FileShare.None, 1,
                FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"Cannot write '{path}': {Reason(e)}.", e);
        }
    }

    /// <summary>Renames a file over another of the same folder, durably.</summary>
    /// <exception cref="FineTuneException">The folder cannot be written.</exception>
    internal static void Rename(string from, string to)
    {
        try
        {
            Calls.Move(from, to);
            Calls.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(to))!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"Cannot rename '{from}' to '{to}': {Reason(e)}.", e);
        }
    }

    /// <summary>Why a file or folder could not be written, as a part of a sentence.</summary>
    internal static string Reason(Exception e) => e switch
    {
        UnauthorizedAccessException => "the folder or file cannot be written by this user",
        ArgumentOutOfRangeException => "the file would be larger than this process may write",
        DirectoryNotFoundException => "the folder does not exist",
        FileNotFoundException => "this file system takes no new folders",
        IOException { HResult: 28 } => "no space is left on the disk",
        _ => e.Message.TrimEnd('.'),
    };

    private static void TryDelete(string path)
    {
        try
        {
            Calls.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report.
        }
    }
}
