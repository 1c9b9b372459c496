namespace FineTune.Weights;

/// <summary>
/// The pretrained weights that are at hand: a folder of cards (*.yaml), each beside the file it describes.
/// </summary>
public static class Catalog
{
    /// <summary>The environment variable that names the folder of cards.</summary>
    public const string FolderVariable = "FINETUNE_MODELS";

    private const string FolderName = "models";

    /// <summary>
    /// The folder of cards: FINETUNE_MODELS if set; else the "models" folder next to the application; else the one beside
    /// FineTune.sln above it; null where there is none.
    /// </summary>
    /// <exception cref="FineTuneException">FINETUNE_MODELS names no folder.</exception>
    public static string? Folder
    {
        get
        {
            if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } set)
                return Directory.Exists(set) ? set : throw new FineTuneException($"{FolderVariable} names '{set}', and there is no such folder.");
            var next = Path.Combine(AppContext.BaseDirectory, FolderName);
            if (Directory.Exists(next))
                return next;
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                var beside = Path.Combine(folder.FullName, FolderName);
                if (File.Exists(Path.Combine(folder.FullName, "FineTune.sln")) && Directory.Exists(beside))
                    return beside;
            }

            return null;
        }
    }

    /// <summary>All cards, by model and then by name.</summary>
    /// <param name="folder">Where the cards are; <see cref="Folder"/> if null.</param>
    /// <exception cref="FineTuneException">A card is damaged, or two have the same model and name.</exception>
    public static IReadOnlyList<WeightCard> Cards(string? folder = null)
    {
        folder ??= Folder;
        if (folder is null || !Directory.Exists(folder))
            return [];
        var cards = Directory.EnumerateFiles(folder, "*.yaml").Select(WeightCardFile.Read)
            .OrderBy(c => c.Model, StringComparer.Ordinal).ThenBy(c => c.Name, StringComparer.Ordinal).ToArray();
        for (var i = 1; i < cards.Length; i++)
        {
            if ((cards[i].Model, cards[i].Name) == (cards[i - 1].Model, cards[i - 1].Name))
                throw new FineTuneException($"Two cards in '{folder}' describe weights '{cards[i].Name}' of {cards[i].Model}.");
        }

        return cards;
    }

    /// <summary>
    /// The weights that <paramref name="nameOrPath"/> means for <paramref name="model"/>: an existing file, or the only one of a
    /// folder (as <see cref="WeightFile.Read(string, WeightLimits?, string?)"/> takes it), else a card's name.
    /// </summary>
    /// <param name="model">The model's name; null: whichever model the card is for.</param>
    /// <param name="nameOrPath">A file, FILE#ENTRY for one of a checkpoint's entries, or a name from the catalog.</param>
    /// <param name="folder">Where the cards are; <see cref="Folder"/> if null.</param>
    /// <exception cref="FineTuneException">There is neither; the nearest name is offered.</exception>
    public static WeightSource Find(string? model, string nameOrPath, string? folder = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrPath);
        if (WeightSource.OfFile(nameOrPath) is { } source)
            return source;
        folder ??= Folder;
        var cards = Cards(folder);
        var named = cards.Where(c => c.Name == nameOrPath).ToArray();
        if (named.Where(c => model is null || c.Model == model).ToArray() is [var card])
            return new WeightSource(Path.Combine(folder!, card.File), card);
        if (named.Length > 0 && model is null)
            throw new FineTuneException($"Weights '{nameOrPath}' are there for {string.Join(", ", named.Select(c => c.Model))}; say for which model.");
        if (named.Length > 0)
            throw new FineTuneException($"Weights '{nameOrPath}' belong to {string.Join(", ", named.Select(c => c.Model))}, not to {model}.");
        if (Directory.Exists(nameOrPath))
            throw ForeignFile.Folder(nameOrPath) is { } foreign
                ? new WeightException(nameOrPath, foreign)
                : new FineTuneException(
                    $"'{nameOrPath}' is a folder, and neither a run nor one with an index of shards or a single safetensors file; "
                    + $"give a weights file, a run's folder or a name of `finetune list weights`.");
        if (WeightSource.Divide(nameOrPath).File is var file && IsPath(file))
            throw new FineTuneException($"There is no weight file '{file}'.");
        var known = cards.Where(c => model is null || c.Model == model).Select(c => c.Name).ToArray();
        var forModel = model is null ? string.Empty : $" for {model}";
        var ofModel = model is null ? string.Empty : $" of {model}";
        throw known.Length > 0
            ? Nearest.Unknown($"weights{ofModel}", nameOrPath, known)
            : new FineTuneException($"Unknown weights '{nameOrPath}': there is no such file, and {None(folder)}{forModel}{Others(cards)}.");
    }

    private static string None(string? folder) => folder is null
        ? $"no folder '{FolderName}' with weights beside the application ({FolderVariable} can name one)"
        : "the catalog has none";

    private static string Others(IReadOnlyList<WeightCard> cards) => cards.Count == 0
        ? string.Empty
        : $" (it has {string.Join(", ", cards.Select(c => $"{c.Name} for {c.Model}"))})";

    private static bool IsPath(string text) =>
        text.Contains('/', StringComparison.Ordinal) || text.Contains('\\', StringComparison.Ordinal)
        || WeightFile.Endings.Any(e => text.EndsWith(e, StringComparison.OrdinalIgnoreCase));
}
