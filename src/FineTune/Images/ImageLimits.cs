namespace FineTune.Images;

/// <summary>What a file may ask for before a pixel of it is decoded. Files from strangers are attacks until checked.</summary>
public sealed record ImageLimits
{
    /// <summary>The defaults.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>Width times height. Default 89,478,485 (Pillow's MAX_IMAGE_PIXELS).</summary>
    public long MaxPixels { get; init; } = 89_478_485;

    /// <summary>Width or height. Default 65,500 (libjpeg's JPEG_MAX_DIMENSION).</summary>
    public int MaxSide { get; init; } = 65_500;

    /// <summary>Bytes of the file. Default 64 MiB.</summary>
    public long MaxFileBytes { get; init; } = 64L << 20;

    /// <summary>Scans of a progressive JPEG. Default 100, as libvips and libjpeg-turbo's fuzzers use.</summary>
    public int MaxScans { get; init; } = 100;
}
