using System.Collections.Concurrent;
using FineTune.Images;

namespace FineTune.Data;

/// <summary>
/// Decoded images kept in memory up to a number of bytes, so that a file of which every epoch sees another view is
/// decoded once. What fits first stays: an epoch visits each file once, so evicting the oldest would evict every one
/// before its next use. Safe to use from many threads.
/// </summary>
/// <param name="capacity">Bytes of pixels that are kept at most; 0 keeps none. Default 1 GiB.</param>
/// <param name="limits">What a file may ask for; default <see cref="ImageLimits.Default"/>.</param>
public sealed class DecodedCache(long capacity = DecodedCache.DefaultCapacity, ImageLimits? limits = null)
{
    /// <summary>1 GiB: about 1,800 photographs of 500 x 375 pixels.</summary>
    public const long DefaultCapacity = 1L << 30;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>What a file may ask for before it is decoded.</summary>
    public ImageLimits Limits { get; } = limits ?? ImageLimits.Default;

    /// <summary>Bytes of pixels held now.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Images held now.</summary>
    public int Count => _entries.Count;

    /// <summary>The decoded file, from memory if it has not changed its length or time of writing since.</summary>
    /// <exception cref="ImageException">It cannot be read.</exception>
    public RgbImage Load(string path) => Load(path, p => ImageFile.Load(p, Limits));

    /// <summary>What is made of a file, from memory if the file has not changed its length or time of writing since.</summary>
    internal RgbImage Load(string path, Func<string, RgbImage> make)
    {
        if (capacity <= 0)
            return make(path);
        var stamp = Stamp.Of(path);
        if (_entries.TryGetValue(path, out var entry) && entry.Stamp == stamp)
            return entry.Image;
        var image = make(path);
        Keep(path, stamp, image);
        return image;
    }

    /// <summary>
    /// Keeps <paramref name="image"/>, decoded from <paramref name="path"/> as it was at <paramref name="stamp"/>, if there is room.
    /// </summary>
    internal void Keep(string path, Stamp stamp, RgbImage image)
    {
        if (_entries.TryRemove(path, out var old))
            Interlocked.Add(ref _bytes, -old.Image.Pixels.LongLength);
        var size = image.Pixels.LongLength;
        if (Interlocked.Add(ref _bytes, size) > capacity || !_entries.TryAdd(path, new Entry(stamp, image)))
            Interlocked.Add(ref _bytes, -size);
    }

    /// <summary>What tells a file from a later one at the same path.</summary>
    internal readonly record struct Stamp(long Length, DateTime Written)
    {
        public static Stamp Of(string path)
        {
            var file = new FileInfo(path);
            return file.Exists ? new Stamp(file.Length, file.LastWriteTimeUtc) : default;
        }
    }

    private sealed record Entry(Stamp Stamp, RgbImage Image);
}
