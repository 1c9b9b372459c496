namespace FineTune.Images;

/// <summary>
/// Reads one or several formats from bytes. Knows neither files nor orientation nor limits on size: <see cref="ImageFile"/>
/// asks it for the header, holds that against the limits, and only then asks for the pixels.
/// </summary>
internal interface IImageCodec
{
    /// <summary>The libraries that decode, with their versions.</summary>
    string Libraries { get; }

    /// <summary>Reads the header alone.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="format">What its first bytes say; one of those that this codec reads.</param>
    /// <param name="name">The file's name, for the message.</param>
    /// <exception cref="ImageException">The header is damaged.</exception>
    ImageInfo Identify(ReadOnlySpan<byte> bytes, ImageFormat format, string name);

    /// <summary>Decodes the pixels as stored, unturned; alpha is dropped, not blended.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="info">What <see cref="Identify"/> said, already within the limits.</param>
    /// <param name="limits">For limits that only show while decoding, such as a JPEG's scans.</param>
    /// <param name="name">The file's name, for the message.</param>
    /// <exception cref="ImageException">The data is damaged, ends early, or is of a kind that is not read.</exception>
    RgbImage Decode(ReadOnlySpan<byte> bytes, ImageInfo info, ImageLimits limits, string name);
}
