namespace FineTune.Data;

/// <summary>What to do about an image that cannot be read. Another image is never put in its place.</summary>
public enum OnBadFile
{
    /// <summary>Stop before training, naming the files. The default.</summary>
    Fail,

    /// <summary>Leave the files out, and list them.</summary>
    Skip,
}
