using System.Buffers;

namespace FineTune.Images;

/// <summary>
/// From a file, or its bytes, to upright RGB pixels: those of Pillow's
/// <c>ImageOps.exif_transpose(Image.open(file)).convert("RGB")</c>. The format is told by the first bytes, not by the
/// name's ending; limits are held against the header before a pixel is decoded; alpha is dropped, a PNG's tRNS, gamma and
/// colour profile are not applied, and 16 bits a channel keep their high byte (for 16-bit grey Pillow clips to 255
/// instead, which makes most of such an image white). One thing differs on purpose: a JPEG whose data breaks off inside
/// is an error here, where Pillow fills the rest with grey. docs/images.md lists the few files whose pixels differ.
/// </summary>
public static class ImageFile
{
    private static readonly SkiaCodec Skia = new();
    private static readonly ImageSharpCodec Sharp = new();
    private static readonly TurboJpegCodec? Turbo = TurboJpeg.Instance is { } library ? new(library) : null;

    /// <summary>The libraries that decode: "SkiaSharp 4.155.0, ImageSharp 2.1.13, libjpeg-turbo (libturbojpeg.so.0)".</summary>
    public static string Libraries =>
        string.Join(", ", new IImageCodec?[] { Skia, Sharp, Turbo }.Where(c => c is not null).Select(c => c!.Libraries));

    /// <summary>What would make decoding faster here, as one sentence; null where nothing is known.</summary>
    public static string? Advice => Turbo is not null
        ? null
        : "JPEG is decoded by SkiaSharp; libjpeg-turbo's libturbojpeg is faster and tells of damage within a file: install it " +
            "(Debian: apt install libturbojpeg0).";

    /// <summary>Reads and decodes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">What it may ask for. Default <see cref="ImageLimits.Default"/>.</param>
    /// <returns>Upright RGB pixels, [height, width, 3].</returns>
    /// <exception cref="ImageException">
    /// It cannot be opened, is damaged, or exceeds a limit; or it is no image that is read
    /// (<see cref="ImageException.NotAnImage"/> is then true).
    /// </exception>
    public static RgbImage Load(string path, ImageLimits? limits = null)
    {
        var (buffer, length) = ReadFile(path, limits ?? ImageLimits.Default);
        try
        {
            return Decode(buffer.AsSpan(0, length), path, limits);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Decodes a file's bytes.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in a message; its ending tells a damaged image from a file that never was one.</param>
    /// <param name="limits">What it may ask for. Default <see cref="ImageLimits.Default"/>.</param>
    /// <returns>Upright RGB pixels, [height, width, 3].</returns>
    /// <exception cref="ImageException">As for <see cref="Load"/>.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> bytes, string name, ImageLimits? limits = null)
    {
        limits ??= ImageLimits.Default;
        var info = Identify(bytes, name, limits);
        CheckSize(info, name, limits);
        var stored = CodecFor(info.Format).Decode(bytes, info, limits, name);
        return Orientation.Apply(stored, info.Orientation);
    }

    /// <summary>Reads a file's header. The image's size is told, not judged: only <see cref="ImageLimits.MaxFileBytes"/> holds.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">Default <see cref="ImageLimits.Default"/>.</param>
    /// <exception cref="ImageException">As for <see cref="Load"/>, as far as the header shows it.</exception>
    public static ImageInfo Identify(string path, ImageLimits? limits = null)
    {
        var (buffer, length) = ReadFile(path, limits ?? ImageLimits.Default);
        try
        {
            return Identify(buffer.AsSpan(0, length), path, limits);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads the header from a file's bytes.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What to call it in a message.</param>
    /// <param name="limits">Default <see cref="ImageLimits.Default"/>.</param>
    /// <exception cref="ImageException">As for <see cref="Load"/>, as far as the header shows it.</exception>
    public static ImageInfo Identify(ReadOnlySpan<byte> bytes, string name, ImageLimits? limits = null)
    {
        CheckLength(bytes.Length, name, limits ?? ImageLimits.Default);
        var format = ImageFormats.Detect(bytes, name);
        if (format == ImageFormat.Unknown)
            throw Unknown(name);
        if (ImageFormats.WhyNotRead(format) is { } reason)
            throw new ImageException(name, reason) { NotAnImage = true };
        var info = CodecFor(format).Identify(bytes, format, name);
        if (info.StoredWidth < 1 || info.StoredHeight < 1)
            throw new ImageException(name, $"its header says {info.StoredWidth} x {info.StoredHeight} pixels");
        if (info.Animated)
        {
            throw new ImageException(name, $"an animated {ImageFormats.Name(format)} is not read (a single image is)")
            {
                NotAnImage = true,
            };
        }
        return info with { Orientation = Exif.Orientation(bytes, format) };
    }

    private static IImageCodec CodecFor(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg when Turbo is not null => Turbo,
        ImageFormat.Tiff or ImageFormat.Tga or ImageFormat.Pnm => Sharp,
        _ => Skia,
    };

    private static void CheckSize(ImageInfo info, string name, ImageLimits limits)
    {
        var (width, height) = (info.StoredWidth, info.StoredHeight);
        if (width > limits.MaxSide || height > limits.MaxSide)
            throw new ImageException(name, $"its header says {width} x {height} pixels; a side may have at most {limits.MaxSide}");
        var most = Math.Min(limits.MaxPixels, Array.MaxLength / 3);
        if ((long)width * height > most)
        {
            throw new ImageException(
                name, $"its header says {width} x {height} pixels; an image may have at most {most} in all (--max-pixels allows more)");
        }
    }

    private static void CheckLength(long length, string name, ImageLimits limits)
    {
        if (length == 0)
            throw new ImageException(name, "the file is empty") { NotAnImage = !ImageFormats.HasImageEnding(name) };
        if (length > limits.MaxFileBytes)
        {
            var remedy = limits.MaxFileBytes < Array.MaxLength ? " (--max-pixels allows larger files too)" : string.Empty;
            throw new ImageException(name, $"the file has {length} bytes; at most {limits.MaxFileBytes} are read{remedy}");
        }
    }

    private static ImageException Unknown(string name) => ImageFormats.HasImageEnding(name)
        ? new ImageException(name, $"its ending is {Path.GetExtension(name)}, but its bytes are not those of an image")
        : new ImageException(name, ImageFormats.NoImage) { NotAnImage = true };

    /// <summary>The file in a rented buffer, never more of it than the limit even if it grows meanwhile.</summary>
    private static (byte[] Buffer, int Length) ReadFile(string path, ImageLimits limits)
    {
        byte[]? buffer = null;
        try
        {
            using var file = RegularFile.Open(path);
            var length = RandomAccess.GetLength(file);
            CheckLength(length, path, limits);
            if (length > Array.MaxLength)
                throw new ImageException(path, $"the file has {length} bytes; at most {Array.MaxLength} are read");
            buffer = ArrayPool<byte>.Shared.Rent((int)length);
            var read = 0;
            for (var count = -1; read < length && count != 0; read += count)
                count = RandomAccess.Read(file, buffer.AsSpan(read, (int)length - read), read);
            return (buffer, read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
            throw new ImageException(path, RegularFile.Reason(path, e, "the file does not exist"), e);
        }
    }
}
