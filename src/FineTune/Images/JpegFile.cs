using SkiaSharp;

namespace FineTune.Images;

/// <summary>Writes JPEG. The same pixels give the same bytes.</summary>
internal static class JpegFile
{
    /// <summary>The bytes of a file of an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="quality">1 to 100, as in libjpeg.</param>
    public static byte[] Encode(RgbImage image, int quality)
    {
        var rgba = new byte[4 * image.Width * image.Height];
        for (var at = 0; at < image.Width * image.Height; at++)
        {
            image.Pixels.AsSpan(3 * at, 3).CopyTo(rgba.AsSpan(4 * at));
            rgba[(4 * at) + 3] = byte.MaxValue;
        }

        var info = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var pixels = SKImage.FromPixelCopy(info, rgba, info.RowBytes);
        using var data = pixels.Encode(SKEncodedImageFormat.Jpeg, quality);
        return data.ToArray();
    }
}
