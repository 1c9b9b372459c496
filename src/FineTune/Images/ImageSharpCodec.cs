using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Pbm;
using SixLabors.ImageSharp.Formats.Tga;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.PixelFormats;
using SharpImage = SixLabors.ImageSharp.Image;

namespace FineTune.Images;

/// <summary>TIFF's first page, TGA and PNM through SixLabors.ImageSharp: the formats that Skia lacks.</summary>
internal sealed class ImageSharpCodec : IImageCodec
{
    // the most pixels that can be allowed, 8 bytes each, and room: the header was held against the limits before
    private const int MostMegabytes = 8 * 1024;

    private static readonly Configuration Settings = new(
        new TiffConfigurationModule(),
        new TgaConfigurationModule(),
        new PbmConfigurationModule())
    {
        MemoryAllocator = MemoryAllocator.Create(new MemoryAllocatorOptions { AllocationLimitMegabytes = MostMegabytes }),
    };

    /// <inheritdoc/>
    public string Libraries => $"ImageSharp {PackageVersion.Of(typeof(SharpImage))}";

    /// <inheritdoc/>
    public ImageInfo Identify(ReadOnlySpan<byte> bytes, ImageFormat format, string name) => Guarded(bytes, format, name, stream =>
    {
        var header = ((IImageInfoDetector)Decoder(format)).Identify(Settings, stream, CancellationToken.None)
            ?? throw new ImageException(name, $"the {ImageFormats.Name(format)} data is damaged (its header cannot be read)");
        var perPixel = Math.Max(1, header.PixelType.BitsPerPixel);
        var channels = perPixel is 24 or 48 ? 3 : perPixel is 32 or 64 ? 4 : 1;
        return new ImageInfo(format, header.Width, header.Height, channels, Math.Min(16, perPixel / channels));
    });

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlySpan<byte> bytes, ImageInfo info, ImageLimits limits, string name)
    {
        DataLength.Check(bytes, info, name);
        return Guarded(bytes, info.Format, name, stream => Decode(stream, info, name));
    }

    private static RgbImage Decode(Stream stream, ImageInfo info, string name)
    {
        using var image = (Image<Rgb48>)((IImageDecoder)Decoder(info.Format)).Decode<Rgb48>(Settings, stream, CancellationToken.None);
        if (image.Width != info.StoredWidth || image.Height != info.StoredHeight)
            throw new ImageException(name, "its header and its data are of different sizes");
        return new RgbImage(image.Width, image.Height, HighBytes(image));
    }

    /// <summary>Of 16 bits a channel the high byte stays; 8 bits were repeated in both.</summary>
    private static byte[] HighBytes(Image<Rgb48> image)
    {
        var rgb = new byte[checked(3 * image.Width * image.Height)];
        image.ProcessPixelRows(rows =>
        {
            for (var y = 0; y < rows.Height; y++)
            {
                var row = rows.GetRowSpan(y);
                var to = rgb.AsSpan(3 * y * row.Length);
                for (var x = 0; x < row.Length; x++)
                    (to[3 * x], to[(3 * x) + 1], to[(3 * x) + 2]) = ((byte)(row[x].R >> 8), (byte)(row[x].G >> 8), (byte)(row[x].B >> 8));
            }
        });
        return rgb;
    }

    private static object Decoder(ImageFormat format) => format switch
    {
        ImageFormat.Tiff => new TiffDecoder { IgnoreMetadata = true, DecodingMode = SixLabors.ImageSharp.Metadata.FrameDecodingMode.First },
        ImageFormat.Tga => new TgaDecoder(),
        _ => new PbmDecoder(),
    };

    private static unsafe T Guarded<T>(ReadOnlySpan<byte> bytes, ImageFormat format, string name, Func<Stream, T> read)
    {
        try
        {
            fixed (byte* data = bytes)
            {
                using var stream = new UnmanagedMemoryStream(data, bytes.Length);
                return read(stream);
            }
        }
        catch (Exception e) when (e is ImageFormatException or InvalidMemoryOperationException or NotSupportedException or ArgumentException
            or IndexOutOfRangeException or OverflowException or InvalidDataException or IOException or NullReferenceException
            or InvalidOperationException or DivideByZeroException or InvalidCastException or KeyNotFoundException or OutOfMemoryException)
        {
            // its own words where it checked; on what its checks missed, the runtime's say nothing to a user
            var reason = e is ImageFormatException or NotSupportedException
                ? e.Message.Split('\n')[0].Trim().TrimEnd('.')
                : "or of a kind that ImageSharp does not read";
            throw new ImageException(name, $"the {ImageFormats.Name(format)} data is damaged ({reason})", e);
        }
    }
}
