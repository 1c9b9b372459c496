namespace FineTune.Images;

/// <summary>What a file may ask for before a pixel of it is decoded. Files from strangers are attacks until checked.</summary>
public sealed record ImageLimits
{
    /// <summary>178,956,970: twice Pillow's MAX_IMAGE_PIXELS, where Pillow's warning becomes an error.</summary>
    public const long DefaultPixels = 2 * 89_478_485;

    /// <summary>536,870,897: four bytes each in one array.</summary>
    public const long MostPixels = 536_870_897;

    private const long LeastFileBytes = 64L << 20;
    private const int BytesAPixel = 4;
    private readonly long? _maxFileBytes;

    /// <summary>The defaults.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>Width times height. Default <see cref="DefaultPixels"/>.</summary>
    public long MaxPixels { get; init; } = DefaultPixels;

    /// <summary>Width or height. Default 65,500 (libjpeg's JPEG_MAX_DIMENSION).</summary>
    public int MaxSide { get; init; } = 65_500;

    /// <summary>Bytes of the file. Default four for each of <see cref="MaxPixels"/>, as without compression, and at least 64 MiB.</summary>
    public long MaxFileBytes
    {
        get => _maxFileBytes ?? Math.Clamp(BytesAPixel * MaxPixels, LeastFileBytes, Array.MaxLength);
        init => _maxFileBytes = value;
    }

    /// <summary>Scans of a progressive JPEG. Default 100, as libvips and libjpeg-turbo's fuzzers use.</summary>
    public int MaxScans { get; init; } = 100;

    /// <summary>The defaults, but for the number of pixels.</summary>
    /// <param name="maxPixels">1 to <see cref="MostPixels"/>; null: the default.</param>
    /// <exception cref="FineTuneException">It is out of range.</exception>
    public static ImageLimits OfPixels(long? maxPixels) => maxPixels is null ? Default
        : maxPixels is >= 1 and <= MostPixels ? new ImageLimits { MaxPixels = maxPixels.Value }
        : throw new FineTuneException($"max_pixels is {maxPixels}; 1 to {MostPixels} is allowed.");
}
