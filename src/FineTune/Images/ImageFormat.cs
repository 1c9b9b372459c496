namespace FineTune.Images;

/// <summary>What a file's first bytes say it is. Those from HEIC on are known by name alone.</summary>
public enum ImageFormat
{
    /// <summary>The bytes of no format known here.</summary>
    Unknown = 0,

    /// <summary>JPEG: baseline or progressive; grey, YCbCr, RGB, CMYK or YCCK. Read.</summary>
    Jpeg = 1,

    /// <summary>PNG: every colour type and depth, interlaced or not. Read.</summary>
    Png = 2,

    /// <summary>WebP: lossy or lossless. Read, unless it is animated.</summary>
    WebP = 3,

    /// <summary>Windows and OS/2 bitmaps: 1 to 32 bits, RLE4 and RLE8 included. Read.</summary>
    Bmp,

    /// <summary>GIF: the first frame. Read, but left out of datasets.</summary>
    Gif,

    /// <summary>TIFF: the first page. Read.</summary>
    Tiff,

    /// <summary>Truevision's TGA: palette, grey, 15 to 32 bits, run lengths included. Read.</summary>
    Tga,

    /// <summary>PBM, PGM and PPM, as text or as bytes. Read.</summary>
    Pnm,

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
