using FineTune.Images;

namespace FineTune.Augment;

/// <summary>Cutting a rectangle out of an image.</summary>
internal static class Crop
{
    /// <summary>
    /// The pixels under <paramref name="box"/>; where it reaches beyond the image they have the value
    /// <paramref name="fill"/> in every channel, so a padded crop never builds the padded image.
    /// </summary>
    public static RgbImage Cut(RgbImage image, CropBox box, byte fill = 0)
    {
        if (box == new CropBox(0, 0, image.Width, image.Height))
            return image;
        var pixels = GC.AllocateUninitializedArray<byte>(3 * box.Width * box.Height);
        var left = Math.Max(box.Left, 0);
        var columns = Math.Min(box.Left + box.Width, image.Width) - left;
        var inside = columns > 0 && box.Left >= 0 && box.Top >= 0 && columns == box.Width && box.Top + box.Height <= image.Height;
        if (!inside)
            pixels.AsSpan().Fill(fill);
        if (columns <= 0)
            return new RgbImage(box.Width, box.Height, pixels);
        for (var y = Math.Max(box.Top, 0); y < Math.Min(box.Top + box.Height, image.Height); y++)
        {
            var from = image.Pixels.AsSpan(3 * ((y * image.Width) + left), 3 * columns);
            from.CopyTo(pixels.AsSpan(3 * (((y - box.Top) * box.Width) + left - box.Left)));
        }

        return new RgbImage(box.Width, box.Height, pixels);
    }
}
