namespace FineTune.Weights;

/// <summary>The weights of a repository of the Hugging Face hub in timm's layout: config.json and model.safetensors.</summary>
internal static class HubModel
{
    private const string Config = "config.json", Weights = "model.safetensors";

    /// <summary>Finds a repository's weights: reads its config.json, which is fetched unless it is in the cache.</summary>
    /// <param name="text">hf:owner/name, or hf:owner/name@revision.</param>
    /// <param name="model">The model that they must be of; null: whichever they are of.</param>
    /// <param name="imageNet">Gives the names of ImageNet's classes.</param>
    /// <exception cref="FineTuneException">They cannot be fetched, or are not of a known architecture.</exception>
    public static WeightSource Find(string text, string? model, Func<IReadOnlyList<string>> imageNet)
    {
        var options = DownloadOptions.Current;
        var name = HubName.Parse(text);
        var kept = new WeightCache(options.Folder).HubOf(name);
        var commit = kept.Commit ?? Ask(name, kept, options);
        var folder = kept.Of(commit);
        var config = Request(name, commit ?? name.Revision, Config, folder) with { MaxBytes = HubConfig.MostBytes, IsRecorded = false };
        Fetcher.Fetch(config, options);
        var card = HubConfig.Read(config.Path, name, imageNet) with { Url = name.File(commit ?? name.Revision, Weights), File = Weights };
        if (model is not null && card.Model != model)
            throw new FineTuneException($"The weights of {name} are of {card.Model}, not of {model}.");
        return new WeightSource(Path.Combine(folder, Weights), card);
    }

    /// <summary>What to fetch for a card that <see cref="Find"/> made, with the hash that the hub gives.</summary>
    public static FetchRequest Request(WeightCard card, string path, DownloadOptions options)
    {
        var request = new FetchRequest($"the weights of {card.Name}", card.Url!, path, FileCheck.Of(card)) { IsHub = true };
        if (options.Offline || options.HubOffline || System.IO.File.Exists(path))
            return request;
        var facts = HubFacts.Ask(request, options);
        return request with { Check = new FileCheck("the hub", facts.Bytes, facts.Sha256, null) };
    }

    private static string? Ask(HubName name, HubFolder kept, DownloadOptions options)
    {
        var request = Request(name, name.Revision, Config, kept.Of(null));
        if (options.Offline || options.HubOffline || System.IO.File.Exists(request.Path))
            return null;
        var commit = HubFacts.Ask(request, options).Commit;
        if (commit is not null)
            kept.Keep(commit);
        return commit;
    }

    private static FetchRequest Request(HubName name, string revision, string file, string folder) =>
        new($"{file} of {name}", name.File(revision, file), Path.Combine(folder, file), new("the hub", null, null, null)) { IsHub = true };
}
