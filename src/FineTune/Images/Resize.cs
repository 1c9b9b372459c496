using System.Buffers;

namespace FineTune.Images;

/// <summary>
/// Antialiased resizing, bit for bit that of Pillow's <c>Image.resize(size, BILINEAR or BICUBIC, box)</c>, and so of
/// torchvision's <c>Resize</c> and <c>RandomResizedCrop</c> on a PIL image: horizontally, rounded to bytes, then vertically,
/// each tap weighted by a filter as wide as the reduction.
/// </summary>
public static class Resize
{
    /// <summary>The whole image at another size.</summary>
    /// <param name="source">What to resize; returned itself if it has that size.</param>
    /// <param name="width">Pixels a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="interpolation">The filter.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is less than 1.</exception>
    public static RgbImage To(RgbImage source, int width, int height, Interpolation interpolation = Interpolation.Bilinear) =>
        Crop(source, 0, 0, source.Width, source.Height, width, height, interpolation);

    /// <summary>The shorter side to <paramref name="size"/>, the longer in proportion, rounded down: torchvision's Resize(int).</summary>
    /// <param name="source">What to resize.</param>
    /// <param name="size">Pixels of the shorter side, at least 1.</param>
    /// <param name="interpolation">The filter.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is less than 1.</exception>
    public static RgbImage ShorterSide(RgbImage source, int size, Interpolation interpolation = Interpolation.Bilinear)
    {
        var (width, height) = ShorterSide(source.Width, source.Height, size);
        return To(source, width, height, interpolation);
    }

    /// <summary>The sides after <see cref="ShorterSide(RgbImage, int, Interpolation)"/>: 500 x 375 to 256 gives 341 x 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is less than 1.</exception>
    public static (int Width, int Height) ShorterSide(int width, int height, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return width <= height
            ? (size, (int)Math.Min((long)size * height / width, int.MaxValue))
            : ((int)Math.Min((long)size * width / height, int.MaxValue), size);
    }

    /// <summary>A rectangle of the image at another size; what lies outside it has no influence. The crop is not copied first.</summary>
    /// <param name="source">What to crop from.</param>
    /// <param name="left">First column.</param>
    /// <param name="top">First row.</param>
    /// <param name="cropWidth">Columns, at least 1.</param>
    /// <param name="cropHeight">Rows, at least 1.</param>
    /// <param name="width">Pixels a row of the result, at least 1.</param>
    /// <param name="height">Rows of the result, at least 1.</param>
    /// <param name="interpolation">The filter.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is empty or leaves the image, or a side is less than 1.</exception>
    public static RgbImage Crop(
        RgbImage source, int left, int top, int cropWidth, int cropHeight, int width, int height,
        Interpolation interpolation = Interpolation.Bilinear)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfLessThan(cropWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(cropHeight, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cropWidth, source.Width - left);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cropHeight, source.Height - top);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if ((cropWidth, cropHeight, width, height) == (source.Width, source.Height, source.Width, source.Height))
            return source;
        var window = new PixelWindow(source.Pixels, 3 * source.Width, 3 * ((top * source.Width) + left), cropWidth, cropHeight);
        return Resample(window, width, height, 0, 0, cropWidth, cropHeight, interpolation);
    }

    /// <summary>A box with fractional edges at another size. Unlike a crop, pixels just outside its edges have their part.</summary>
    /// <param name="source">What to resize from.</param>
    /// <param name="width">Pixels a row of the result, at least 1.</param>
    /// <param name="height">Rows of the result, at least 1.</param>
    /// <param name="left">Left edge, 0 to <paramref name="right"/>.</param>
    /// <param name="top">Top edge, 0 to <paramref name="bottom"/>.</param>
    /// <param name="right">Right edge, at most the image's width.</param>
    /// <param name="bottom">Bottom edge, at most the image's height.</param>
    /// <param name="interpolation">The filter.</param>
    /// <exception cref="ArgumentOutOfRangeException">The box is empty or leaves the image, or a side is less than 1.</exception>
    public static RgbImage Box(
        RgbImage source, int width, int height, float left, float top, float right, float bottom,
        Interpolation interpolation = Interpolation.Bilinear)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (!(left >= 0 && left < right && right <= source.Width))
        {
            throw new ArgumentOutOfRangeException(
                nameof(left), $"A box from {left} to {right} does not lie within a width of {source.Width}.");
        }
        if (!(top >= 0 && top < bottom && bottom <= source.Height))
        {
            throw new ArgumentOutOfRangeException(
                nameof(top), $"A box from {top} to {bottom} does not lie within a height of {source.Height}.");
        }
        var window = new PixelWindow(source.Pixels, 3 * source.Width, 0, source.Width, source.Height);
        return Resample(window, width, height, left, top, right, bottom, interpolation);
    }

    private static RgbImage Resample(
        PixelWindow window, int width, int height, float left, float top, float right, float bottom, Interpolation interpolation)
    {
        if ((long)width * Math.Max(height, window.Height) > ImageLimits.MostPixels)
        {
            throw new FineTuneException($"An image of {window.Width} x {window.Height} pixels is too long to be resized to {width} x "
                + $"{height}; crop it, or leave it out.");
        }
        var across = width != window.Width || left != 0 || right != width
            ? new ResizeKernel(window.Width, left, right, width, interpolation)
            : null;
        var down = height != window.Height || top != 0 || bottom != height
            ? new ResizeKernel(window.Height, top, bottom, height, interpolation)
            : null;
        var pixels = GC.AllocateUninitializedArray<byte>(checked(3 * width * height));
        var (firstRow, rows) = down is null ? (0, height) : Needed(down);
        if (across is null)
        {
            // Rows as they are; with no vertical pass either, this is a plain crop.
            if (down is null)
                window.CopyTo(pixels);
            else
                ResizePasses.Vertical(window, down, 0, width, pixels);
            return new RgbImage(width, height, pixels);
        }

        var between = ArrayPool<byte>.Shared.Rent(checked((3 * width * rows) + ResizePasses.Slack));
        try
        {
            ResizePasses.Horizontal(window, across, firstRow, rows, width, between);
            if (down is null)
                between.AsSpan(0, pixels.Length).CopyTo(pixels);
            else
                ResizePasses.Vertical(new PixelWindow(between, 3 * width, 0, width, rows), down, firstRow, width, pixels);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(between);
        }

        return new RgbImage(width, height, pixels);
    }

    /// <summary>The source rows that some target row reads.</summary>
    private static (int First, int Count) Needed(ResizeKernel down)
    {
        var first = down.First[0];
        return (first, down.First[^1] + down.Taps[^1] - first);
    }
}
