using FineTune.Data;
using FineTune.Diagnose;
using FineTune.Images;

namespace FineTune.Experiment.Report;

/// <summary>Images within a page: small JPEG files as data URIs.</summary>
/// <param name="cache">Decoded images.</param>
internal sealed class Pictures(DecodedCache cache)
{
    private const int Quality = 72;

    /// <summary>An image element of the middle of an image file; nothing but its name where it cannot be read any more.</summary>
    /// <param name="sample">The image.</param>
    /// <param name="side">Pixels a side at most.</param>
    /// <param name="name">What it is, as text.</param>
    public string Of(Sample sample, int side, string name) => Load(sample) is { } image
        ? Element(image, side, name)
        : $"<span class=\"muted\">{Html.Escape(name)} cannot be read any more</span>";

    /// <summary>The data URI of the middle of an image file; null where it cannot be read any more.</summary>
    public string? Uri(Sample sample, int side) => Load(sample) is { } image ? Uri(image, side) : null;

    /// <summary>The decoded file; null where it cannot be read any more.</summary>
    public RgbImage? Load(Sample sample)
    {
        try
        {
            return cache.Load(sample.Path);
        }
        catch (ImageException)
        {
            return null;
        }
    }

    /// <summary>An image element of the middle of an image.</summary>
    public static string Element(RgbImage image, int side, string name) =>
        $"<img alt=\"{Html.Escape(name)}\" src=\"{Uri(image, side)}\">";

    /// <summary>An image with a heat map over it: the more the map says, the brighter and warmer.</summary>
    public static RgbImage Heated(RgbImage image, HeatMap map, int side)
    {
        var small = Square(image, side);
        var pixels = new byte[small.Pixels.Length];
        for (var at = 0; at < pixels.Length / 3; at++)
        {
            var heat = map.At(((at % small.Width) + 0.5) / small.Width, ((at / small.Width) + 0.5) / small.Height);
            var (r, g, b) = (small.Pixels[3 * at], small.Pixels[(3 * at) + 1], small.Pixels[(3 * at) + 2]);
            var grey = (0.299 * r) + (0.587 * g) + (0.114 * b); // ITU-R BT.601
            var (light, warm) = (0.3 + (0.5 * heat), 0.75 * heat);
            pixels[3 * at] = Byte((light * Mix(grey, r, heat)) + (warm * 120));
            pixels[(3 * at) + 1] = Byte((light * Mix(grey, g, heat)) + (warm * 62));
            pixels[(3 * at) + 2] = Byte(light * Mix(grey, b, heat));
        }

        return new RgbImage(small.Width, small.Height, pixels);
    }

    private static string Uri(RgbImage image, int side) =>
        $"data:image/jpeg;base64,{Convert.ToBase64String(JpegFile.Encode(Square(image, side), Quality))}";

    /// <summary>The square in the middle, reduced to a number of pixels a side.</summary>
    private static RgbImage Square(RgbImage image, int side)
    {
        var shorter = Math.Min(image.Width, image.Height);
        side = Math.Min(side, shorter);
        return Resize.Crop(image, (image.Width - shorter) / 2, (image.Height - shorter) / 2, shorter, shorter, side, side);
    }

    private static double Mix(double a, double b, double part) => a + (part * (b - a));

    private static byte Byte(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
}
