using Microsoft.Win32.SafeHandles;

namespace FineTune.Weights;

/// <summary>
/// An open weight file, or one in memory: reads at a position, checks every length against the file's, fails with its name. The tensors
/// that were found in it keep it open for as long as they live; it is disposed of where reading fails.
/// </summary>
internal sealed class WeightInput : IDisposable
{
    private readonly SafeFileHandle? _file;

    private WeightInput(string path, SafeFileHandle file, WeightLimits limits, WeightTotals totals)
    {
        (Path, _file, Limits, Totals) = (path, file, limits, totals);
        Length = RandomAccess.GetLength(file);
    }

    private WeightInput(string path, ReadOnlyMemory<byte> memory, WeightLimits limits)
    {
        (Path, Memory, Limits, Totals) = (path, memory, limits, new WeightTotals());
        Length = memory.Length;
    }

    public string Path { get; }

    public long Length { get; }

    public WeightLimits Limits { get; }

    public WeightTotals Totals { get; }

    /// <summary>The content, where it is in memory; null for a file.</summary>
    public ReadOnlyMemory<byte>? Memory { get; }

    /// <summary>Opens a file, which may be renamed or deleted meanwhile.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">What it may ask for.</param>
    /// <param name="totals">What it asks for, added to what others did that are read as one with it; null: it is read alone.</param>
    public static WeightInput Open(string path, WeightLimits limits, WeightTotals? totals = null)
    {
        WeightInput? input = null;
        try
        {
            input = new WeightInput(path, RegularFile.Open(path, FileShare.Read | FileShare.Delete), limits, totals ?? new WeightTotals());
            return input.Checked();
        }
        catch (Exception e)
        {
            input?.Dispose();
            throw e switch
            {
                IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException =>
                    new WeightException(path, RegularFile.Reason(path, e), e),
                _ => e,
            };
        }
    }

    public static WeightInput Of(string name, ReadOnlyMemory<byte> bytes, WeightLimits limits) =>
        new WeightInput(name, bytes, limits).Checked();

    public WeightException Fail(string reason, Exception? inner = null) => new(Path, reason, inner);

    public WeightException Truncated(string what) => Fail($"it is cut short: {what} is missing");

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="position"/>.</summary>
    public void Read(long position, Span<byte> buffer, string what)
    {
        if (position < 0 || position > Length - buffer.Length)
            throw Truncated(what);
        if (Memory is { } memory)
        {
            memory.Span.Slice((int)position, buffer.Length).CopyTo(buffer);
            return;
        }

        while (!buffer.IsEmpty)
        {
            var n = ReadSome(position, buffer);
            if (n == 0)
                throw Truncated(what);
            buffer = buffer[n..];
            position += n;
        }
    }

    /// <summary>
    /// The <paramref name="count"/> bytes at <paramref name="position"/>. Nothing is allocated that the file does not have.
    /// </summary>
    public byte[] Read(long position, long count, string what)
    {
        if (count < 0 || position < 0 || count > Length || position > Length - count)
            throw Truncated(what);
        if (count > Array.MaxLength)
            throw Fail($"{what} has {count} bytes; at most {Array.MaxLength} are read in one piece");
        var bytes = GC.AllocateUninitializedArray<byte>((int)count);
        Read(position, bytes, what);
        return bytes;
    }

    public void Dispose() => _file?.Dispose();

    private WeightInput Checked()
    {
        Totals.FileBytes += Length;
        if (Length == 0)
            throw Fail("the file is empty");
        if (Totals.FileBytes > Limits.MaxFileBytes)
            throw Fail($"{Totals.Has} {Totals.FileBytes} bytes; at most {Limits.MaxFileBytes} are read");
        return this;
    }

    private int ReadSome(long position, Span<byte> buffer)
    {
        try
        {
            return RandomAccess.Read(_file!, buffer, position);
        }
        catch (IOException e)
        {
            throw Fail(e.Message.TrimEnd('.'), e);
        }
    }
}
