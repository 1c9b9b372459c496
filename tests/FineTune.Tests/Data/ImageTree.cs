using FineTune.Images;

namespace FineTune.Tests.Data;

/// <summary>A temporary folder of images, gone when disposed.</summary>
internal sealed class ImageTree : IDisposable
{
    public ImageTree() => Root = Directory.CreateTempSubdirectory("finetune-data-").FullName;

    public string Root { get; }

    public string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Writes a bitmap whose pixels are a function of <paramref name="value"/>.</summary>
    public ImageTree Image(string relative, int value = 0, int width = 8, int height = 6) =>
        Bytes(relative, Bmp(Picture(value, width, height)));

    public ImageTree Images(string folder, int count, int firstValue = 0)
    {
        for (var i = 0; i < count; i++)
            Image($"{folder}/{i:000}.bmp", firstValue + i);
        return this;
    }

    public ImageTree Bytes(string relative, byte[] bytes)
    {
        var path = PathOf(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return this;
    }

    public ImageTree Folder(string relative)
    {
        Directory.CreateDirectory(PathOf(relative));
        return this;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    public static RgbImage Picture(int value, int width, int height)
    {
        var pixels = new byte[3 * width * height];
        var random = new RandomKey(value, 0, 0, RandomUse.Diagnose).Stream();
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)random.NextInt(256);
        return new RgbImage(width, height, pixels);
    }

    /// <summary>A 24-bit bitmap: rows from the bottom, blue first, padded to four bytes.</summary>
    public static byte[] Bmp(RgbImage image)
    {
        var row = ((3 * image.Width) + 3) / 4 * 4;
        var bytes = new byte[54 + (row * image.Height)];
        using var writer = new BinaryWriter(new MemoryStream(bytes));
        writer.Write("BM"u8);
        foreach (var field in new[]
        {
            bytes.Length, 0, 54, 40, image.Width, image.Height, 1 | (24 << 16), 0, row * image.Height, 0, 0, 0, 0,
        })
        {
            writer.Write(field);
        }
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
            {
                for (var c = 0; c < 3; c++)
                    bytes[54 + ((image.Height - 1 - y) * row) + (3 * x) + 2 - c] = image.Pixels[(3 * ((y * image.Width) + x)) + c];
            }
        }

        return bytes;
    }
}
