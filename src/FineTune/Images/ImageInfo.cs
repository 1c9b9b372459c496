namespace FineTune.Images;

/// <summary>What an image's header says, before a pixel is decoded.</summary>
/// <param name="Format">The format, by the file's first bytes.</param>
/// <param name="StoredWidth">Pixels a row as stored, before the orientation is applied.</param>
/// <param name="StoredHeight">Rows as stored, before the orientation is applied.</param>
/// <param name="Channels">As stored: 1 for grey or a palette, 2 for grey and alpha, 3, or 4 for CMYK or an alpha channel.</param>
/// <param name="Bits">Bits a channel as stored; bits a pixel for a palette. 1 to 16.</param>
public sealed record ImageInfo(ImageFormat Format, int StoredWidth, int StoredHeight, int Channels, int Bits)
{
    /// <summary>
    /// EXIF's orientation, 1 to 8; 1 where there is none or it is out of range. 2 is mirrored, 3 upside down, 4 both;
    /// 5 to 8 are those transposed, which swaps width and height.
    /// </summary>
    public int Orientation { get; init; } = 1;

    /// <summary>Several frames, of which none is read.</summary>
    public bool Animated { get; init; }

    /// <summary>Pixels a row of the decoded, upright image.</summary>
    public int Width => Orientation >= 5 ? StoredHeight : StoredWidth;

    /// <summary>Rows of the decoded, upright image.</summary>
    public int Height => Orientation >= 5 ? StoredWidth : StoredHeight;
}
