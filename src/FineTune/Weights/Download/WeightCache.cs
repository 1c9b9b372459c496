namespace FineTune.Weights;

/// <summary>Where fetched weights lie.</summary>
/// <param name="folder">The cache folder.</param>
internal sealed class WeightCache(string folder)
{
    /// <summary>The file of a card with an address, whether it is there or not.</summary>
    public string FileOf(WeightCard card) => Path.Combine(folder, "weights", card.File);

    /// <summary>What is kept of a repository of the Hugging Face hub.</summary>
    public HubFolder HubOf(HubName name) => new(Path.Combine(folder, "hub", name.Owner, name.Repository), name.Revision);
}
