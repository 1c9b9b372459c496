using System.Security.Cryptography;

namespace FineTune.Weights;

/// <summary>A file of weights, and its card if the catalog has one.</summary>
/// <param name="Path">The file.</param>
/// <param name="Card">What is known of it; null for a file given by its path.</param>
public sealed record WeightSource(string Path, WeightCard? Card)
{
    /// <summary>The entry of the file that is asked for, as in FILE#ema; null: the reader's choice.</summary>
    public string? Entry { get; private init; }

    /// <summary>An existing file, or the only one of a folder, or FILE#ENTRY of one; null where there is none. A file whose name has a # is that file.</summary>
    /// <param name="text">What a user wrote.</param>
    public static WeightSource? OfFile(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (IsThere(text))
            return new(WeightFolder.Resolve(text), null);
        var (file, entry) = Divide(text);
        return entry is not null && IsThere(file) ? new(WeightFolder.Resolve(file), null) { Entry = entry } : null;
    }

    private static bool IsThere(string path) => File.Exists(path) || WeightFolder.Find(path) is not null;

    /// <summary>The parts of FILE#ENTRY; without a #, the file alone.</summary>
    internal static (string File, string? Entry) Divide(string text) =>
        text.LastIndexOf('#') is > 0 and var hash && hash < text.Length - 1 ? (text[..hash], text[(hash + 1)..]) : (text, null);

    /// <summary>
    /// Reads the weights. With a card, size and SHA-256 of the file are verified first, and its classes are given to weights
    /// that name none.
    /// </summary>
    /// <exception cref="FineTuneException">The file is not the card's, or cannot be read.</exception>
    public StateDict Read(WeightLimits? limits = null)
    {
        if (Card is null)
            return WeightFile.Read(Path, limits, Entry);
        Verify(Card);
        var state = WeightFile.Read(Path, limits);
        if (state.Classes is null && Card.Classes.Count > 0)
            state.Classes = Card.Classes;
        return state;
    }

    private void Verify(WeightCard card)
    {
        try
        {
            using var file = RegularFile.OpenStream(Path);
            if (file.Length != card.Bytes)
                throw new FineTuneException($"'{Path}' has {file.Length} bytes where the card of '{card.Name}' says {card.Bytes}; fetch it again.");
            var found = Convert.ToHexStringLower(SHA256.HashData(file));
            if (found != card.Sha256)
                throw new FineTuneException($"'{Path}' has SHA-256 {found} where the card of '{card.Name}' says {card.Sha256}; fetch it again.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightException(Path, RegularFile.Reason(Path, e, $"there is no such file, though the card of '{card.Name}' names it"), e);
        }
    }
}
