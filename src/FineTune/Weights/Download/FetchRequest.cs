namespace FineTune.Weights;

/// <summary>A file to fetch.</summary>
/// <param name="Title">What it is, in words.</param>
/// <param name="Url">The publisher's address.</param>
/// <param name="Path">Where it will lie.</param>
/// <param name="Check">What is known of it.</param>
internal sealed record FetchRequest(string Title, Uri Url, string Path, FileCheck Check)
{
    /// <summary>Whether it is from the Hugging Face hub: its token and its mirror hold.</summary>
    public bool IsHub { get; init; }

    /// <summary>Bytes that it may have at most; null: as the options say.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Whether its hash is recorded at first use.</summary>
    public bool IsRecorded { get; init; } = true;
}
