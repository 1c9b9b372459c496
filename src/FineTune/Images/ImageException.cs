namespace FineTune.Images;

/// <summary>An image that cannot be read: which file, and why. The one exception that decoding throws.</summary>
public sealed class ImageException : FineTuneException
{
    /// <summary>An unreadable image.</summary>
    /// <param name="path">The file, or the name of the bytes.</param>
    /// <param name="reason">A clause without a full stop: "the file is empty".</param>
    /// <param name="inner">What led to it.</param>
    public ImageException(string path, string reason, Exception? inner = null)
        : base($"Cannot read image '{path}': {reason}.", inner)
    {
        (Path, Reason) = (path, reason);
    }

    /// <summary>The file, or the name of the bytes.</summary>
    public string Path { get; }

    /// <summary>Why it cannot be read, as a clause.</summary>
    public string Reason { get; }

    /// <summary>
    /// True for a file that is no image, or of a format that is not read: it is listed and left out. False for a
    /// damaged or oversized image of a known format, on which training stops unless it is told to skip.
    /// </summary>
    public bool NotAnImage { get; init; }
}
