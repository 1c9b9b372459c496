using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.PixelFormats;
using SharpImage = SixLabors.ImageSharp.Image;

namespace FineTune.Images;

/// <summary>
/// JPEG, PNG and WebP through the package SixLabors.ImageSharp 3.1.x: the codec of the package engines. Where it differs
/// from <see cref="SystemCodec"/>:
/// <list type="bullet">
/// <item>JPEG pixels differ from Pillow's: its inverse DCT and colour conversion are in floating point, and it repeats
/// chroma samples instead of interpolating them. Flat areas are within 2 grey levels, coloured edges may be far off.</item>
/// <item>CMYK and YCCK are converted by its own formula, within a few grey levels of Pillow's.</item>
/// <item>It fills in what a broken JPEG lacks. A file without its end marker is refused here by <see cref="JpegScans"/>;
/// damage within the data that leaves the end marker in place passes unseen.</item>
/// <item>Of 16 bits it keeps the rounded value, not the high byte: at most 1 grey level apart.</item>
/// <item>A palette index beyond the palette is an error or black, not a grey.</item>
/// </list>
/// PNG of up to 8 bits and lossless WebP are equal.
/// </summary>
internal sealed class ImageSharpCodec : IImageCodec
{
    // One image at a time needs no frames, and orientation is applied by ImageFile: no metadata is unpacked.
    private static readonly DecoderOptions Options = new() { MaxFrames = 1, SkipMetadata = true };

    /// <inheritdoc/>
    public string Libraries => $"ImageSharp {typeof(SharpImage).Assembly.GetName().Version}";

    /// <inheritdoc/>
    public ImageInfo Identify(ReadOnlySpan<byte> bytes, ImageFormat format, string name)
    {
        try
        {
            var header = SharpImage.Identify(bytes);
            var channels = format switch
            {
                ImageFormat.Jpeg => header.PixelType.BitsPerPixel / 8,
                ImageFormat.Png => PngChannels(bytes),
                _ => header.PixelType.BitsPerPixel == 32 ? 4 : 3,
            };
            var bits = format == ImageFormat.Png && bytes.Length > 24 ? bytes[24] : 8;
            var animated = format == ImageFormat.WebP && header.FrameMetadataCollection.Count > 1;
            return new ImageInfo(format, header.Width, header.Height, channels, bits) { Animated = animated };
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Damaged(format, name, e);
        }
    }

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlySpan<byte> bytes, ImageInfo info, ImageLimits limits, string name)
    {
        if (info.Format == ImageFormat.Jpeg)
            JpegScans.Check(bytes, limits.MaxScans, name);
        try
        {
            using var image = SharpImage.Load<Rgb24>(Options, bytes);
            if (image.Width != info.StoredWidth || image.Height != info.StoredHeight)
                throw new ImageException(name, "its header and its data are of different sizes");
            var pixels = GC.AllocateUninitializedArray<byte>(checked(3 * image.Width * image.Height));
            image.CopyPixelDataTo(pixels);
            return new RgbImage(image.Width, image.Height, pixels);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Damaged(info.Format, name, e);
        }
    }

    /// <summary>What ImageSharp lets out of its decoders on damaged data, its documented exceptions and the others.</summary>
    private static bool IsDamage(Exception e) =>
        e is ImageFormatException or NotSupportedException or InvalidOperationException or ArgumentException or IOException
            or IndexOutOfRangeException or OverflowException or ArithmeticException or NullReferenceException;

    private static ImageException Damaged(ImageFormat format, string name, Exception e) =>
        new(name, $"the {ImageFormats.Name(format)} data is damaged ({e.Message.TrimEnd('.')})", e);

    /// <summary>By the header's colour type: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.</summary>
    private static int PngChannels(ReadOnlySpan<byte> bytes) => bytes.Length > 25 ? bytes[25] switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 } : 1;
}
