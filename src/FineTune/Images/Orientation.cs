namespace FineTune.Images;

/// <summary>Turns an image upright.</summary>
internal static class Orientation
{
    private const int Tile = 32; // pixels; a tile's rows and columns both stay in the first cache

    /// <summary>The image as it was meant to be seen. 1 returns the same instance.</summary>
    /// <param name="image">As stored.</param>
    /// <param name="orientation">EXIF's, 1 to 8.</param>
    public static RgbImage Apply(RgbImage image, int orientation)
    {
        if (orientation == 1)
            return image;
        var (w, h) = (image.Width, image.Height);

        // Target (x, y) is source origin + x * alongX + y * alongY, in pixels.
        var (origin, alongX, alongY) = orientation switch
        {
            2 => (w - 1, -1, w),
            3 => ((h * w) - 1, -1, -w),
            4 => ((h - 1) * w, 1, -w),
            5 => (0, w, 1),
            6 => ((h - 1) * w, -w, 1),
            7 => ((h * w) - 1, -w, -1),
            8 => (w - 1, w, -1),
            _ => throw new ArgumentOutOfRangeException(nameof(orientation), orientation, "EXIF's orientation is 1 to 8."),
        };
        var (width, height) = orientation >= 5 ? (h, w) : (w, h);
        var source = image.Pixels;
        var target = GC.AllocateUninitializedArray<byte>(source.Length);
        for (var top = 0; top < height; top += Tile)
        {
            for (var left = 0; left < width; left += Tile)
            {
                var (bottom, right) = (Math.Min(top + Tile, height), Math.Min(left + Tile, width));
                for (var y = top; y < bottom; y++)
                {
                    var from = 3 * (origin + (left * alongX) + (y * alongY));
                    var to = 3 * ((y * width) + left);
                    for (var x = left; x < right; x++, to += 3, from += 3 * alongX)
                    {
                        target[to] = source[from];
                        target[to + 1] = source[from + 1];
                        target[to + 2] = source[from + 2];
                    }
                }
            }
        }

        return new RgbImage(width, height, target);
    }
}
