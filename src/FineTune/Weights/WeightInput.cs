using Microsoft.Win32.SafeHandles;

namespace FineTune.Weights;

/// <summary>An open weight file: reads at a position, checks every length against the file's, fails with its name.</summary>
internal sealed class WeightInput : IDisposable
{
    private readonly SafeFileHandle _file;

    private WeightInput(string path, SafeFileHandle file, WeightLimits limits)
    {
        (Path, _file, Limits) = (path, file, limits);
        Length = RandomAccess.GetLength(file);
    }

    public string Path { get; }

    public long Length { get; }

    public WeightLimits Limits { get; }

    public static WeightInput Open(string path, WeightLimits limits)
    {
        if (Directory.Exists(path))
            throw new WeightException(path, "it is a folder, not a file");
        WeightInput? input = null;
        try
        {
            input = new WeightInput(path, File.OpenHandle(path), limits);
            return input.Length switch
            {
                0 => throw input.Fail("the file is empty"),
                var n when n > limits.MaxFileBytes => throw input.Fail($"it has {n} bytes; at most {limits.MaxFileBytes} are read"),
                _ => input,
            };
        }
        catch (Exception e)
        {
            input?.Dispose();
            throw e switch
            {
                FileNotFoundException or DirectoryNotFoundException => new WeightException(path, "there is no such file", e),
                UnauthorizedAccessException => new WeightException(path, "this user may not read it", e),
                IOException or NotSupportedException or ArgumentException => new WeightException(path, e.Message.TrimEnd('.'), e),
                _ => e,
            };
        }
    }

    public WeightException Fail(string reason, Exception? inner = null) => new(Path, reason, inner);

    public WeightException Truncated(string what) => Fail($"it is cut short: {what} is missing");

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="position"/>.</summary>
    public void Read(long position, Span<byte> buffer, string what)
    {
        if (position < 0 || position > Length - buffer.Length)
            throw Truncated(what);
        while (!buffer.IsEmpty)
        {
            var n = ReadSome(position, buffer);
            if (n == 0)
                throw Truncated(what);
            buffer = buffer[n..];
            position += n;
        }
    }

    /// <summary>The <paramref name="count"/> bytes at <paramref name="position"/>. Nothing is allocated that the file does not have.</summary>
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

    public void Dispose() => _file.Dispose();

    private int ReadSome(long position, Span<byte> buffer)
    {
        try
        {
            return RandomAccess.Read(_file, buffer, position);
        }
        catch (IOException e)
        {
            throw Fail(e.Message.TrimEnd('.'), e);
        }
    }
}
