using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace FineTune.Tests.Weights;

/// <summary>Writes zip files by hand, with lies in them where a test wants some.</summary>
internal sealed class ZipWriter
{
    private readonly List<byte> _file = [];
    private readonly List<byte> _directory = [];
    private int _count;

    /// <summary>A file as torch.save writes it: a pickle and the bytes of storage '0'.</summary>
    public static byte[] Torch(byte[] pickle, byte[] storage) =>
        new ZipWriter().Add("x/data.pkl", pickle).Add("x/data/0", storage).ToArray();

    public ZipWriter Add(
        string name, byte[] bytes, uint? crc = null, int? size = null, string? localName = null, bool deflate = false, long? header = null)
    {
        var stored = deflate ? Deflate(bytes) : bytes;
        var at = header ?? _file.Count;
        var local = Encoding.UTF8.GetBytes(localName ?? name);
        Header(_file, 0x04034b50, 20, deflate, crc ?? Crc32.HashToUInt32(bytes), stored.Length, size ?? bytes.Length, local.Length);
        Put(_file, 2, 0);
        _file.AddRange(local);
        _file.AddRange(stored);

        var central = Encoding.UTF8.GetBytes(name);
        Put(_directory, 4, 0x02014b50);
        var sum = crc ?? Crc32.HashToUInt32(bytes);
        Header(_directory, null, 20, deflate, sum, size ?? stored.Length, size ?? bytes.Length, central.Length);
        Put(_directory, 2, 0); // extra
        Put(_directory, 2, 0); // comment
        Put(_directory, 2, 0); // disk
        Put(_directory, 2, 0);
        Put(_directory, 4, 0);
        Put(_directory, 4, at);
        _directory.AddRange(central);
        _count++;
        return this;
    }

    public byte[] ToArray()
    {
        var start = _file.Count;
        _file.AddRange(_directory);
        Put(_file, 4, 0x06054b50);
        Put(_file, 4, 0);
        Put(_file, 2, _count);
        Put(_file, 2, _count);
        Put(_file, 4, _directory.Count);
        Put(_file, 4, start);
        Put(_file, 2, 0);
        return _file.ToArray();
    }

    private static void Header(List<byte> to, uint? signature, int version, bool deflate, uint crc, long packed, long size, int nameLength)
    {
        if (signature is { } s)
            Put(to, 4, s);
        else
            Put(to, 2, version);
        Put(to, 2, version);
        Put(to, 2, 0);
        Put(to, 2, deflate ? 8 : 0);
        Put(to, 4, 0); // time
        Put(to, 4, crc);
        Put(to, 4, packed);
        Put(to, 4, size);
        Put(to, 2, nameLength);
    }

    private static void Put(List<byte> to, int bytes, long value)
    {
        for (var i = 0; i < bytes; i++)
            to.Add((byte)(value >> (8 * i)));
    }

    private static byte[] Deflate(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize))
            deflate.Write(bytes);
        return packed.ToArray();
    }
}
