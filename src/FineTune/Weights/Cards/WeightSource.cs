namespace FineTune.Weights;

/// <summary>A file of weights, and its card if the catalog has one.</summary>
/// <param name="Path">The file; that of a card with an address may still have to be fetched.</param>
/// <param name="Card">What is known of it; null for a file given by its path.</param>
public sealed record WeightSource(string Path, WeightCard? Card)
{
    /// <summary>The entry of the file that is asked for, as in FILE#ema; null: the reader's choice.</summary>
    public string? Entry { get; private init; }

    /// <summary>Whether the file is here.</summary>
    public bool IsHere => File.Exists(Path);

    /// <summary>
    /// An existing file, or the only one of a folder, or FILE#ENTRY of one; null where there is none. A file whose name has a #
    /// is that file.
    /// </summary>
    /// <param name="text">What a user wrote.</param>
    public static WeightSource? OfFile(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (IsThere(text))
            return new(WeightFolder.Resolve(text), null);
        var (file, entry) = Divide(text);
        return entry is not null && IsThere(file) ? new(WeightFolder.Resolve(file), null) { Entry = entry } : null;
    }

    /// <summary>The parts of FILE#ENTRY; without a #, the file alone.</summary>
    internal static (string File, string? Entry) Divide(string text) =>
        text.LastIndexOf('#') is > 0 and var hash && hash < text.Length - 1 ? (text[..hash], text[(hash + 1)..]) : (text, null);

    private static bool IsThere(string path) => File.Exists(path) || WeightFolder.Find(path) is not null;

    /// <summary>
    /// Reads the weights, fetched first where they have an address and are not here. With a card, size and SHA-256 of the file are
    /// verified, and its classes are given to weights that name none.
    /// </summary>
    /// <exception cref="FineTuneException">The file is not the card's, or cannot be fetched or read.</exception>
    public StateDict Read(WeightLimits? limits = null)
    {
        if (Card is null)
            return WeightFile.Read(Path, limits, Entry);
        Fetch();
        Verify(Card);
        var state = WeightFile.Read(Path, limits);
        if (state.Classes is null && Card.Classes.Count > 0)
            state.Classes = Card.Classes;
        return state;
    }

    /// <summary>Fetches the file, if its card has an address and it is not here: by <see cref="DownloadOptions.Current"/>.</summary>
    /// <param name="stop">Stops it; what has arrived is kept, and the next call goes on from it.</param>
    /// <exception cref="FineTuneException">It cannot be fetched, or is not the card's.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Fetch(CancellationToken stop = default)
    {
        if (Card?.Url is null || IsHere)
            return;
        var options = DownloadOptions.Current;
        var request = HubName.Is(Card.Name)
            ? HubModel.Request(Card, Path, options)
            : new FetchRequest($"{Card.Model} {Card.Name}", Card.Url, Path, FileCheck.Of(Card)) { IsRecorded = Card.Sha256 is null };
        Fetcher.Fetch(request, options, stop);
    }

    private void Verify(WeightCard card)
    {
        try
        {
            var record = card is { Url: not null, Sha256: null } ? HashRecord.Read(Path) : null;
            if (FileCheck.Of(card).Problem(Path, record, out var hash) is { } problem)
            {
                throw new FineTuneException(
                    $"'{Path}' {problem}; {(card.Url is null ? "fetch it again" : "delete it, and it is fetched again")}.");
            }
            if (card is { Url: not null, Sha256: null } && record is null)
                HashRecord.Write(Path, hash);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WeightException(
                Path, RegularFile.Reason(Path, e, $"there is no such file, though the card of '{card.Name}' names it"), e);
        }
    }
}
