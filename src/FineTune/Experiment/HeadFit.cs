using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Models;
using FineTune.Train;
using FineTune.Transfer;
using FineTune.Transfer.Heads;

namespace FineTune.Experiment;

/// <summary>Fits a network's head to the training images as its frozen layers see them.</summary>
internal static class HeadFit
{
    /// <summary>Fits it and puts it in place.</summary>
    /// <param name="recipe">Its head.penalty counts.</param>
    /// <param name="network">Whose head it is.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="decoded">Decoded images, shared with others.</param>
    public static ExactHead Install(Recipe recipe, Network network, Dataset dataset, DecodedCache decoded)
    {
        using var prefix = new FrozenPrefix(FreezeLine.Parse(network, FreezeLine.Head));
        var samples = dataset.Split(SplitName.Train);
        using var features = new BoundaryCache(prefix, EvaluationLoader.Of(samples, network.Preprocessing, decoded), 1);
        return ExactHead.Install(network, features.Epoch(0), [.. samples.Select(s => (long)s.Label)], recipe.Head.Penalty);
    }
}
