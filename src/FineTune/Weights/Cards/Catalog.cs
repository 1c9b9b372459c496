namespace FineTune.Weights;

/// <summary>
/// The pretrained weights that have a name: a folder of cards (*.yaml), for files beside them and for files that are fetched at
/// first use.
/// </summary>
public static class Catalog
{
    /// <summary>The environment variable that names the folder of cards.</summary>
    public const string FolderVariable = "FINETUNE_MODELS";

    /// <summary>The name that means the weights of a model that its card says are the default, or the best published ones.</summary>
    public const string DefaultName = "default";

    private const string FolderName = "models";
    private const string ImageNetClasses = "imagenet1k";
    private const int MostListed = 8;

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
                return Directory.Exists(set)
                    ? set
                    : throw new FineTuneException($"{FolderVariable} names '{set}', and there is no such folder.");
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
        var classes = new ClassLists(folder);
        var cards = Directory.EnumerateFiles(folder, "*.yaml").SelectMany(f => WeightCardFile.Read(f, classes))
            .OrderBy(c => c.Model, StringComparer.Ordinal).ThenBy(c => c.Name, StringComparer.Ordinal).ToArray();
        for (var i = 1; i < cards.Length; i++)
        {
            if ((cards[i].Model, cards[i].Name) == (cards[i - 1].Model, cards[i - 1].Name))
                throw new FineTuneException($"Two cards in '{folder}' describe weights '{cards[i].Name}' of {cards[i].Model}.");
        }

        var shared = cards.Where(c => c.Url is not null).GroupBy(c => c.File).FirstOrDefault(g => g.DistinctBy(c => c.Url).Count() > 1);
        if (shared is not null)
            throw new FineTuneException($"Cards in '{folder}' fetch '{shared.Key}' from several addresses; in the cache it is one file.");

        return cards;
    }

    /// <summary>The card that "default" means: the one that says so, else the one of the best top-1; null where there is none.</summary>
    /// <param name="cards">The cards of one model.</param>
    public static WeightCard? Default(IEnumerable<WeightCard> cards) =>
        cards.OrderByDescending(c => c.IsDefault).ThenByDescending(c => c.Expected.GetValueOrDefault("top1")).FirstOrDefault();

    /// <summary>
    /// The weights that <paramref name="nameOrPath"/> means for <paramref name="model"/>: an existing file, or the only one of a
    /// folder (as <see cref="WeightFile.Read(string, WeightLimits?, string?)"/> takes it), else a card's name, or "default" for the
    /// model's best, or <c>hf:owner/name</c> for a repository of the Hugging Face hub. Of the latter the config.json is fetched, unless
    /// it is in the cache; nothing else is yet.
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
        if (HubName.Is(nameOrPath))
            return HubModel.Find(nameOrPath, model, () => folder is null ? [] : new ClassLists(folder).Of(ImageNetClasses));
        var cards = Cards(folder);
        if (nameOrPath == DefaultName && model is null)
            throw new FineTuneException(
                $"The weights '{DefaultName}' are a model's best; say of which, as in resnet18=default or --model resnet18.");
        if (nameOrPath == DefaultName && Default(cards.Where(c => c.Model == model)) is { } best)
            return Source(best, folder);
        var named = cards.Where(c => c.Name == nameOrPath).ToArray();
        if (named.Where(c => model is null || c.Model == model).ToArray() is [var card])
            return Source(card, folder);
        if (named.Length > 0 && model is null)
            throw new FineTuneException(
                $"Weights '{nameOrPath}' are there for {Listed([.. named.Select(c => c.Model)])}; say for which model.");
        if (named.Length > 0)
            throw new FineTuneException($"Weights '{nameOrPath}' belong to {Listed([.. named.Select(c => c.Model)])}, not to {model}.");
        if (Directory.Exists(nameOrPath))
            throw ForeignFile.Folder(nameOrPath) is { } foreign
                ? new WeightException(nameOrPath, foreign)
                : new FineTuneException(
                    $"'{nameOrPath}' is a folder, and neither a run nor one with an index of shards or a single safetensors file; "
                    + $"give a weights file, a run's folder or a name of `finetune list weights`.");
        if (WeightSource.Divide(nameOrPath).File is var file && IsPath(file))
            throw new FineTuneException($"There is no weight file '{file}'; `finetune list weights` has those that are known by name.");
        var known = cards.Where(c => model is null || c.Model == model).Select(c => c.Name).Distinct().ToArray();
        var ofModel = model is null ? string.Empty : $" of {model}";
        throw known.Length > 0
            ? Nearest.Unknown($"weights{ofModel}", nameOrPath, known)
            : new FineTuneException(
                $"Unknown weights '{nameOrPath}': there is no such file, and {None(folder, model)}{Others(cards, model)}.");
    }

    /// <summary>Where the weights of a card lie, or will once they are fetched.</summary>
    /// <param name="card">The card.</param>
    /// <param name="folder">The folder that it is from; <see cref="Folder"/> if null.</param>
    public static WeightSource Source(WeightCard card, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(card);
        var path = card.Url is null
            ? Path.Combine(folder ?? Folder ?? string.Empty, card.File)
            : new WeightCache(DownloadOptions.Current.Folder).FileOf(card);
        return new WeightSource(path, card);
    }

    private static string None(string? folder, string? model) => folder is null
        ? $"no folder '{FolderName}' with weights beside the application ({FolderVariable} can name one)"
        : $"the catalog has none{(model is null ? string.Empty : $" for {model}")}";

    private static string Others(IReadOnlyList<WeightCard> cards, string? model) => (cards.Count, model) switch
    {
        (0, _) => string.Empty,
        (_, null) => $" (it has {Listed([.. cards.Select(c => $"{c.Name} for {c.Model}")])})",
        _ => "; give a file, or a model of `finetune list weights`",
    };

    private static string Listed(string[] names) => names.Length <= MostListed
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(MostListed))} and {names.Length - MostListed} more";

    private static bool IsPath(string text) =>
        text.Contains('/', StringComparison.Ordinal) || text.Contains('\\', StringComparison.Ordinal)
        || WeightFile.Endings.Any(e => text.EndsWith(e, StringComparison.OrdinalIgnoreCase));
}
