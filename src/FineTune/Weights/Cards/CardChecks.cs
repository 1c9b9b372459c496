namespace FineTune.Weights;

/// <summary>What the values of a card must be.</summary>
internal static class CardChecks
{
    private const int FewestDigits = 8; // as many as torchvision's names have

    public static void Check(WeightCard card, CardValues values)
    {
        values.Check(!HubName.Is(card.Name), CardKeys.Name, card.Name, $"one that does not begin with {HubName.Start}");
        if (card.Url is null)
            values.Check(card.Bytes is not null, CardKeys.Bytes, "left out", "the size of the file");
        values.Check(card.Bytes is null or > 0, CardKeys.Bytes, card.Bytes ?? 0, "a number above 0");
        values.Check(card.Sha256 is null || IsHex(card.Sha256, 64), CardKeys.Sha256, card.Sha256 ?? string.Empty, "64 hexadecimal digits");
        values.Check(
            card.Sha256Prefix is null || IsHex(card.Sha256Prefix, FewestDigits),
            CardKeys.Sha256Prefix,
            card.Sha256Prefix ?? string.Empty,
            $"{FewestDigits} to 64 hexadecimal digits");
        if (card.Sha256 is null && card.Sha256Prefix is null)
            throw new FineTuneException($"Card '{values.File}' has neither 'sha256' nor 'sha256_prefix' for '{card.Name}'.");
        values.Check(
            card.Sha256?.StartsWith(card.Sha256Prefix ?? string.Empty, StringComparison.Ordinal) != false,
            CardKeys.Sha256,
            card.Sha256!,
            "one that begins with 'sha256_prefix'");
        values.Check(CardUrl.IsFileName(card.File), CardKeys.File, card.File, "the name of a file beside the card");
        values.Check(card.Mean.Count == 3, CardKeys.Mean, string.Join(", ", card.Mean), "three numbers");
        values.Check(card.Std.Count == 3 && card.Std.All(s => s > 0), CardKeys.Std, string.Join(", ", card.Std), "three numbers above 0");
        values.Check(
            card.InputSize is >= InputBounds.LeastSide and <= InputBounds.MostSide,
            CardKeys.InputSize,
            card.InputSize,
            $"{InputBounds.LeastSide} to {InputBounds.MostSide}");
        values.Check(
            card.Resize is 0 or (>= InputBounds.LeastSide and <= InputBounds.MostResize),
            CardKeys.Resize,
            card.Resize,
            $"{InputBounds.LeastSide} to {InputBounds.MostResize} pixels, or 0 for none");
    }

    private static bool IsHex(string text, int least) => text.Length >= least && text.Length <= 64 && text.All(char.IsAsciiHexDigit);
}
