using System.Security.Cryptography;

namespace FineTune.Weights;

/// <summary>A file of weights, and its card if the catalog has one.</summary>
/// <param name="Path">The file.</param>
/// <param name="Card">What is known of it; null for a file given by its path.</param>
public sealed record WeightSource(string Path, WeightCard? Card)
{
    /// <summary>
    /// Reads the weights. With a card, size and SHA-256 of the file are verified first, and its classes are given to weights
    /// that name none.
    /// </summary>
    /// <exception cref="FineTuneException">The file is not the card's, or cannot be read.</exception>
    public StateDict Read(WeightLimits? limits = null)
    {
        if (Card is null)
            return WeightFile.Read(Path, limits);
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
