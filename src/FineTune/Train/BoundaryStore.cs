using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>
/// What lies at a freeze line, kept on disk from run to run: a file of float32 by what it was computed from, mapped into memory when it
/// is used. A file is believed if its checksum, over values, shape and what they were computed from, is right; never by its name. Files
/// that were used longest ago make room. It is a cache: what cannot be read or written is computed again.
/// </summary>
/// <param name="folder">Made if it is not there.</param>
/// <param name="limit">Bytes of all files together.</param>
/// <param name="time">The clock that says when a file was used.</param>
public sealed class BoundaryStore(string folder, long limit, TimeProvider time)
{
    private const string Ending = ".boundary";
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1); // no view takes so long from one batch to the next

    private static readonly byte[] Magic = "FineTuneBoundary"u8.ToArray(); // at the very end: an unfinished file has none
    private readonly HashSet<string> _mapped = new(StringComparer.Ordinal);

    /// <summary>The values kept under a key: [n, ...] float32, mapped; null where there are none that can be believed.</summary>
    /// <param name="key">What they are computed from.</param>
    /// <param name="rows">n.</param>
    public Tensor? Find(string key, long rows)
    {
        var path = PathOf(key);
        try
        {
            if (!File.Exists(path) || Shape(path, key) is not { } shape || shape[0] != rows)
                return null;
            _mapped.Add(Path.GetFullPath(path));
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime); // used now
            using var flat = from_file(path, shared: false, Count(shape), ScalarType.Float32);
            return flat.view(shape);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ExternalException)
        {
            return null;
        }
    }

    /// <summary>Computes values and keeps them.</summary>
    /// <param name="key">What they are computed from.</param>
    /// <param name="rows">n.</param>
    /// <param name="bytes">How many they will be.</param>
    /// <param name="batches">Makes them: [k, ...] float32 each, which are disposed.</param>
    /// <returns>The values as <see cref="Find"/> gives them; null where they do not fit or the disk refuses them.</returns>
    public Tensor? Keep(string key, long rows, long bytes, Func<IEnumerable<Tensor>> batches)
    {
        try
        {
            Directory.CreateDirectory(folder);
            if (!MakeRoom(bytes))
                return null;
            AtomicFile.Write(PathOf(key), file => Write(file, key, batches()));
            return Find(key, rows);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException
            or FineTuneException) // what is wrong with the images is found again without a cache
        {
            return null;
        }
    }

    private static void Write(Stream file, string key, IEnumerable<Tensor> batches)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long[]? shape = null;
        foreach (var batch in batches)
        {
            using (batch)
            using (var here = batch.cpu())
            {
                shape ??= [0, .. batch.shape.Skip(1)];
                shape[0] += batch.shape[0];
                sha.AppendData(here.bytes);
                file.Write(here.bytes);
            }
        }

        var tail = new byte[(sizeof(long) * (shape!.Length + 1)) + SHA256.HashSizeInBytes + Magic.Length];
        for (var k = 0; k <= shape.Length; k++)
            BinaryPrimitives.WriteInt64LittleEndian(tail.AsSpan(k * sizeof(long)), k < shape.Length ? shape[k] : shape.Length);
        sha.AppendData(tail.AsSpan(0, sizeof(long) * (shape.Length + 1)));
        sha.AppendData(Encoding.UTF8.GetBytes(key));
        sha.GetHashAndReset().CopyTo(tail.AsSpan(sizeof(long) * (shape.Length + 1)));
        Magic.CopyTo(tail.AsSpan(tail.Length - Magic.Length));
        file.Write(tail);
    }

    /// <summary>The shape of a file's values, if it is whole and its checksum is right; else null.</summary>
    private static long[]? Shape(string path, string key)
    {
        const int MaxDims = 8;
        using var file = RegularFile.OpenStream(path);
        var end = SHA256.HashSizeInBytes + Magic.Length;
        var tail = new byte[Math.Min(file.Length, end + (sizeof(long) * (MaxDims + 1)))];
        file.Seek(-tail.Length, SeekOrigin.End);
        file.ReadExactly(tail);
        if (tail.Length < end + sizeof(long) || !tail.AsSpan(tail.Length - Magic.Length).SequenceEqual(Magic))
            return null;
        var dims = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(tail.Length - end - sizeof(long)));
        if (dims is < 1 or > MaxDims || tail.Length < end + (sizeof(long) * (dims + 1)))
            return null;
        var head = tail.AsSpan(tail.Length - end - (sizeof(long) * ((int)dims + 1)), sizeof(long) * ((int)dims + 1));
        var shape = new long[dims];
        for (var k = 0; k < dims; k++)
            shape[k] = BinaryPrimitives.ReadInt64LittleEndian(head[(k * sizeof(long))..]);
        var length = file.Length - end - head.Length;
        if (shape.Any(d => d < 1) || Count(shape) * sizeof(float) != length)
            return null;
        return Hash(file, length, head, key).AsSpan().SequenceEqual(tail.AsSpan(tail.Length - end, SHA256.HashSizeInBytes)) ? shape : null;
    }

    private static byte[] Hash(FileStream file, long length, ReadOnlySpan<byte> head, string key)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        file.Seek(0, SeekOrigin.Begin);
        for (var left = length; left > 0;)
        {
            var read = file.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0)
                break; // it became shorter meanwhile: the hash will be another
            sha.AppendData(buffer.AsSpan(0, read));
            left -= read;
        }

        sha.AppendData(head);
        sha.AppendData(Encoding.UTF8.GetBytes(key));
        return sha.GetHashAndReset();
    }

    /// <summary>A product that does not wrap: what is too large to count is larger than any file.</summary>
    private static long Count(long[] shape) =>
        (long)shape.Aggregate(1m, (product, d) => Math.Min(product * Math.Min(d, 1L << 40), 1L << 50));

    private bool MakeRoom(long bytes)
    {
        if (bytes > limit)
            return false;
        // those of killed runs too
        var files = new DirectoryInfo(folder).GetFiles("*" + Ending + "*").OrderBy(f => f.LastWriteTimeUtc).ToList();
        var used = files.Sum(f => f.Length);
        foreach (var file in files.Where(
            f => !_mapped.Contains(f.FullName) && (f.Extension == Ending || f.LastWriteTimeUtc < time.GetUtcNow().UtcDateTime - Abandoned)))
        {
            if (used + bytes <= limit)
                break;
            used -= file.Length;
            file.Delete(); // another run that has mapped it keeps its pages
        }

        return used + bytes <= limit; // what is mapped here stays
    }

    private string PathOf(string key) =>
        Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32] + Ending);
}
