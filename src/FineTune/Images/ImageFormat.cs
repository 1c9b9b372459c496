namespace FineTune.Images;

/// <summary>What a file's first bytes say it is. JPEG, PNG, WebP and BMP are read; the others are known by name alone.</summary>
public enum ImageFormat
{
    /// <summary>The bytes of no format known here.</summary>
    Unknown,

    /// <summary>JPEG: baseline or progressive; grey, YCbCr, RGB, CMYK or YCCK. Read.</summary>
    Jpeg,

    /// <summary>PNG: every colour type and depth, interlaced or not. Read.</summary>
    Png,

    /// <summary>WebP: lossy or lossless. Read, unless it is animated.</summary>
    WebP,

    /// <summary>Windows and OS/2 bitmaps: 1 to 32 bits, RLE4 and RLE8 included. Read.</summary>
    Bmp,

    /// <summary>GIF. Not read.</summary>
    Gif,

    /// <summary>TIFF, and the camera formats built on it. Not read.</summary>
    Tiff,

    /// <summary>HEIC and HEIF. Not read.</summary>
    Heic,

    /// <summary>AVIF. Not read.</summary>
    Avif,

    /// <summary>JPEG XL. Not read.</summary>
    JpegXl,

    /// <summary>JPEG 2000. Not read.</summary>
    Jpeg2000,

    /// <summary>Photoshop's PSD. Not read.</summary>
    Psd,
}
