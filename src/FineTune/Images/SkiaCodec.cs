using System.Buffers;
using System.Runtime.Intrinsics;
using SkiaSharp;

namespace FineTune.Images;

/// <summary>
/// JPEG, PNG, WebP, BMP and GIF's first frame through SkiaSharp. Pixels come as stored: not turned, no colour profile applied, alpha not
/// blended. Skia does not tell of damage within a JPEG that leaves its end marker in place: <see cref="TurboJpegCodec"/> does.
/// </summary>
internal sealed unsafe class SkiaCodec : IImageCodec
{
    private const int Channels = 4;

    /// <inheritdoc/>
    public string Libraries => $"SkiaSharp {PackageVersion.Of(typeof(SKCodec))}";

    /// <inheritdoc/>
    public ImageInfo Identify(ReadOnlySpan<byte> bytes, ImageFormat format, string name) => ImageHeader.Read(bytes, format, name);

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlySpan<byte> bytes, ImageInfo info, ImageLimits limits, string name)
    {
        if (info.Format == ImageFormat.Jpeg)
            JpegScans.Check(bytes, limits.MaxScans, name);
        var (width, height) = (info.StoredWidth, info.StoredHeight);
        var size = checked((long)Channels * width * height);
        if (size > Array.MaxLength)
        {
            var most = Array.MaxLength / Channels;
            throw new ImageException(name, $"its header says {width} x {height} pixels; SkiaSharp decodes at most {most} in all");
        }

        var rgba = ArrayPool<byte>.Shared.Rent((int)size);
        try
        {
            fixed (byte* file = bytes)
            fixed (byte* pixels = rgba)
                Decode(file, bytes.Length, pixels, info, name);
            var rgb = GC.AllocateUninitializedArray<byte>((int)(size / Channels * 3));
            DropAlpha(rgba.AsSpan(0, (int)size), rgb);
            return new RgbImage(width, height, rgb);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rgba);
        }
    }

    private static void Decode(byte* file, int length, byte* pixels, ImageInfo info, string name)
    {
        using var data = SKData.Create((nint)file, length);
        using var codec = SKCodec.Create(data) ?? throw Damaged(info, name, "its header cannot be read");
        if (codec.Info.Width != info.StoredWidth || codec.Info.Height != info.StoredHeight)
            throw Damaged(info, name, "its header and its data are of different sizes");
        var wanted = new SKImageInfo(info.StoredWidth, info.StoredHeight, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var result = codec.GetPixels(wanted, (nint)pixels);
        if (result != SKCodecResult.Success)
            throw Damaged(info, name, result == SKCodecResult.IncompleteInput ? "it ends early" : Reason(result));
    }

    private static string Reason(SKCodecResult result) => result switch
    {
        SKCodecResult.ErrorInInput => "an error within it",
        SKCodecResult.InvalidInput => "it is not of its format",
        SKCodecResult.Unimplemented or SKCodecResult.InvalidConversion => "a kind of it that is not read",
        _ => result.ToString(),
    };

    private static ImageException Damaged(ImageInfo info, string name, string reason) =>
        new(name, $"the {ImageFormats.Name(info.Format)} data is damaged ({reason})");

    /// <summary>Four bytes a pixel to three.</summary>
    private static void DropAlpha(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        var order = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
        var at = 0; // of the pixel
        for (; (3 * at) + 16 <= rgb.Length; at += 4)
            Vector128.Shuffle(Vector128.Create(rgba[(4 * at)..]), order).CopyTo(rgb[(3 * at)..]);
        for (; 3 * at < rgb.Length; at++)
            rgba.Slice(4 * at, 3).CopyTo(rgb[(3 * at)..]);
    }
}
