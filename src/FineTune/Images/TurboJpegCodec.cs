namespace FineTune.Images;

/// <summary>
/// JPEG through libjpeg-turbo: its pixels are Pillow's because Pillow's are this library's. Data that breaks off is an error.
/// </summary>
internal sealed class TurboJpegCodec(TurboJpeg library) : IImageCodec
{
    // turbojpeg.h
    private const int Rgb = 0, Cmyk = 11;
    private const int AccurateDct = 4096, StopOnWarning = 8192;

    /// <summary>Warnings that leave every pixel as the encoder meant it; Pillow lets them pass too.</summary>
    private static readonly string[] Harmless =
    [
        "extraneous bytes", "Invalid SOS parameters", "Inconsistent progression", "Unknown Adobe", "JFIF",
    ];

    /// <inheritdoc/>
    public string Libraries => $"libjpeg-turbo ({library.Name})";

    /// <inheritdoc/>
    public ImageInfo Identify(ReadOnlySpan<byte> bytes, ImageFormat format, string name) => ImageHeader.Read(bytes, format, name);

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlySpan<byte> bytes, ImageInfo info, ImageLimits limits, string name)
    {
        JpegScans.Check(bytes, limits.MaxScans, name);
        var (width, height) = (info.StoredWidth, info.StoredHeight);
        var rgb = GC.AllocateUninitializedArray<byte>(checked(3 * width * height));
        if (info.Channels == 4)
        {
            var inks = GC.AllocateUninitializedArray<byte>(checked(4 * width * height));
            Decompress(bytes, inks, info, Cmyk, name);
            CmykToRgb(inks, rgb);
        }
        else
        {
            Decompress(bytes, rgb, info, Rgb, name);
        }

        return new RgbImage(width, height, rgb);
    }

    private void Decompress(ReadOnlySpan<byte> bytes, byte[] pixels, ImageInfo info, int format, string name)
    {
        var last = library.Decompress(bytes, pixels, info.StoredWidth, info.StoredHeight, format, AccurateDct);
        if (last is null)
            return;
        // Where it went on, the last warning is told: the first is asked for, since one of the two may be harmless.
        var first = last.Value.WentOn && IsHarmless(last.Value.Message)
            ? library.Decompress(bytes, pixels, info.StoredWidth, info.StoredHeight, format, AccurateDct | StopOnWarning)
            : last;
        if (!IsHarmless(first!.Value.Message))
            throw new ImageException(name, $"the JPEG data is damaged ({first.Value.Message})");
        if (library.Decompress(bytes, pixels, info.StoredWidth, info.StoredHeight, format, AccurateDct) is { WentOn: false } failed)
            throw new ImageException(name, $"the JPEG data is damaged ({failed.Message})");
    }

    private static bool IsHarmless(string message) => Harmless.Any(h => message.Contains(h, StringComparison.Ordinal));

    /// <summary>Every CMYK JPEG is taken for Adobe's, which stores the ink inverted: as Pillow does. C, M, Y here are 255 - ink.</summary>
    private static void CmykToRgb(ReadOnlySpan<byte> inks, Span<byte> rgb)
    {
        for (var (i, o) = (0, 0); i < inks.Length; (i, o) = (i + 4, o + 3))
        {
            int light = inks[i + 3];
            for (var c = 0; c < 3; c++)
                rgb[o + c] = (byte)(light - Scaled(255 - inks[i + c], light));
        }
    }

    /// <summary>a b / 255, rounded, as Pillow's MULDIV255.</summary>
    private static int Scaled(int a, int b)
    {
        var t = (a * b) + 128;
        return ((t >> 8) + t) >> 8;
    }
}
