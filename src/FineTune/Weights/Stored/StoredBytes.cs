using System.IO.Hashing;

namespace FineTune.Weights;

/// <summary>
/// A run of bytes in a weight file, read when asked for. Where it has a checksum, nothing is read of it before all of it has been
/// checked once.
/// </summary>
/// <param name="input">The file.</param>
/// <param name="start">Where it begins there.</param>
/// <param name="length">Its bytes; they have been seen to be in the file.</param>
/// <param name="what">What messages call it, such as "'archive/data/0'".</param>
/// <param name="crc">Its CRC-32; null where there is none.</param>
internal sealed class StoredBytes(WeightInput input, long start, long length, string what, uint? crc = null)
{
    private readonly Lock _lock = new();
    private bool _verified = crc is null;

    public long Length => length;

    /// <summary>True where the checksum still has to be compared.</summary>
    public bool Unverified => !Volatile.Read(ref _verified);

    /// <summary>The bytes where they lie in memory; null where they have to be read from a file.</summary>
    public ReadOnlyMemory<byte>? InMemory(long offset, long count)
    {
        if (input.Memory is not { } memory)
            return null;
        Verify();
        return memory.Slice((int)(start + offset), (int)count);
    }

    /// <summary>Reads from <paramref name="offset"/> on, after <see cref="Verify"/>.</summary>
    public void Read(long offset, Span<byte> to)
    {
        Verify();
        ReadUnverified(offset, to);
    }

    /// <summary>The same for who compares the checksum by <see cref="Confirm"/>.</summary>
    public void ReadUnverified(long offset, Span<byte> to) => input.Read(start + offset, to, what);

    /// <summary>All of it.</summary>
    public ReadOnlyMemory<byte> Whole()
    {
        if (InMemory(0, length) is { } memory)
            return memory;
        var bytes = input.Read(start, length, what);
        if (Unverified)
            Confirm(Crc32.HashToUInt32(bytes));
        return bytes;
    }

    /// <summary>Compares the checksum, once.</summary>
    /// <exception cref="WeightException">It is another.</exception>
    public void Verify()
    {
        if (!Unverified)
            return;
        lock (_lock)
        {
            if (!Unverified)
                return;
            var found = new Crc32();
            Pieces.Read(length, ReadUnverified, found.Append);
            Confirm(found.GetCurrentHashAsUInt32());
        }
    }

    /// <summary>Compares the checksum of all the bytes, as the caller found it.</summary>
    /// <exception cref="WeightException">It is another.</exception>
    public void Confirm(uint found)
    {
        if (found != crc)
            throw input.Fail($"its entry {what} is damaged: the checksum is another");
        Volatile.Write(ref _verified, true);
    }
}
