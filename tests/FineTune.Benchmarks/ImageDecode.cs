using System.Diagnostics;
using FineTune.Images;
using SixLabors.ImageSharp.PixelFormats;

namespace FineTune.Benchmarks;

/// <summary>
/// Decoding alone, by one library and on one thread: "time" takes turns (<see cref="Turns"/>), a step being all photographs of a folder,
/// their bytes in memory; "pixels" answers each path of the standard input with width, height and the pixels in base64.
/// </summary>
internal static class ImageDecode
{
    private static readonly ImageSharpCodec Sharp = new();
    private static readonly SkiaCodec Skia = new();

    /// <summary>Args: skia, turbojpeg or imagesharp; time FOLDER, or pixels.</summary>
    public static void Run(string[] args)
    {
        Func<byte[], string, RgbImage> decode = args[0] switch
        {
            "skia" => (bytes, name) => By(Skia, bytes, name),
            "turbojpeg" => (bytes, name) => By(new TurboJpegCodec(TurboJpeg.Instance!), bytes, name),
            _ => ByImageSharp,
        };
        if (args[1] == "pixels")
            Answer(decode);
        else
            Time(decode, args[2]);
    }

    private static void Time(Func<byte[], string, RgbImage> decode, string folder)
    {
        var files = Directory.GetFiles(folder, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes).ToArray();
        Turns.Answer(() =>
        {
            var start = Stopwatch.GetTimestamp();
            foreach (var file in files)
                decode(file, "photograph");
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
    }

    private static void Answer(Func<byte[], string, RgbImage> decode)
    {
        while (Console.ReadLine() is { } path)
        {
            try
            {
                var image = decode(File.ReadAllBytes(path), path);
                Console.WriteLine($"{image.Width} {image.Height} {Convert.ToBase64String(image.Pixels)}");
            }
            catch (Exception e) when (e is ImageException or SixLabors.ImageSharp.ImageFormatException)
            {
                Console.WriteLine("refused");
            }
        }
    }

    private static RgbImage By(IImageCodec codec, byte[] bytes, string name)
    {
        var info = ImageFile.Identify(bytes, name);
        return Orientation.Apply(codec.Decode(bytes, info, ImageLimits.Default, name), info.Orientation);
    }

    /// <summary>JPEG and the like as the package by itself reads them, which the library does not use it for.</summary>
    private static RgbImage ByImageSharp(byte[] bytes, string name)
    {
        if (ImageFile.Identify(bytes, name).Format is ImageFormat.Tiff or ImageFormat.Tga or ImageFormat.Pnm)
            return By(Sharp, bytes, name);
        using var image = SixLabors.ImageSharp.Image.Load<Rgb24>(bytes);
        var pixels = new byte[3 * image.Width * image.Height];
        image.CopyPixelDataTo(pixels);
        return Orientation.Apply(new RgbImage(image.Width, image.Height, pixels), ImageFile.Identify(bytes, name).Orientation);
    }
}
