using FineTune.Images;

namespace FineTune.Augment;

/// <summary>
/// Pillow's ImageEnhance to the bit: an image is blended with what it would be at factor 0, in float32, truncated to a
/// byte. Factor 1 changes nothing.
/// </summary>
internal static class ColorAdjust
{
    /// <summary>Blends with black.</summary>
    public static RgbImage Brightness(RgbImage image, double factor) => Map(image, Blends(0, (float)factor));

    /// <summary>Blends with a plain grey: the mean brightness, rounded.</summary>
    public static RgbImage Contrast(RgbImage image, double factor)
    {
        var sum = 0L;
        var pixels = image.Pixels;
        for (var i = 0; i < pixels.Length; i += 3)
            sum += Luma(pixels[i], pixels[i + 1], pixels[i + 2]);
        var mean = (int)(((double)sum / (pixels.Length / 3)) + 0.5);
        return Map(image, Blends(mean, (float)factor));
    }

    /// <summary>Blends with the image's own greys.</summary>
    public static RgbImage Saturation(RgbImage image, double factor)
    {
        var from = image.Pixels;
        var to = GC.AllocateUninitializedArray<byte>(from.Length);
        var alpha = (float)factor;
        for (var i = 0; i < from.Length; i += 3)
        {
            var grey = Luma(from[i], from[i + 1], from[i + 2]);
            to[i] = Blend(grey, from[i], alpha);
            to[i + 1] = Blend(grey, from[i + 1], alpha);
            to[i + 2] = Blend(grey, from[i + 2], alpha);
        }

        return new RgbImage(image.Width, image.Height, to);
    }

    /// <summary>Turns the hue by <paramref name="turns"/> of the colour circle, in 255 steps, through 8-bit HSV.</summary>
    public static RgbImage Hue(RgbImage image, double turns)
    {
        var from = image.Pixels;
        var to = GC.AllocateUninitializedArray<byte>(from.Length);
        var shift = (int)(turns * 255); // numpy's uint8 of a float: truncated, then wrapped
        for (var i = 0; i < from.Length; i += 3)
        {
            var (h, s, v) = Hsv.FromRgb(from[i], from[i + 1], from[i + 2]);
            (to[i], to[i + 1], to[i + 2]) = Hsv.ToRgb((byte)(h + shift), s, v);
        }

        return new RgbImage(image.Width, image.Height, to);
    }

    /// <summary>ITU-R 601-2 in 16-bit fixed point, as Pillow's convert("L").</summary>
    private static int Luma(int r, int g, int b) => ((r * 19595) + (g * 38470) + (b * 7471) + 0x8000) >> 16;

    private static byte[] Blends(int from, float alpha)
    {
        var table = new byte[256];
        for (var p = 0; p < 256; p++)
            table[p] = Blend(from, p, alpha);
        return table;
    }

    private static byte Blend(int from, int to, float alpha) => (byte)Math.Clamp((int)(from + (alpha * (to - from))), 0, 255);

    private static RgbImage Map(RgbImage image, byte[] table)
    {
        var from = image.Pixels;
        var to = GC.AllocateUninitializedArray<byte>(from.Length);
        for (var i = 0; i < to.Length; i++)
            to[i] = table[from[i]];
        return new RgbImage(image.Width, image.Height, to);
    }
}
