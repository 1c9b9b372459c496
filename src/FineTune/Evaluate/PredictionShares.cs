using System.IO.Hashing;
using FineTune.Data;
using FineTune.Distributed;
using FineTune.Engine;
using FineTune.Models;
using static TorchSharp.torch;

namespace FineTune.Evaluate;

/// <summary>Images whose predictions ranks divide among them, in whole batches.</summary>
/// <param name="shares">Which batches are whose.</param>
internal sealed class PredictionShares(Shares shares)
{
    /// <summary>The first batch of this rank.</summary>
    public int FirstBatch => shares.Batches.Start.Value;

    /// <summary>How many it has.</summary>
    public int Batches => shares.Batches.End.Value - FirstBatch;

    /// <summary>The first image of this rank.</summary>
    public int First => shares.Items.Start.Value;

    /// <summary>How many it has.</summary>
    public int Count => shares.Items.End.Value - First;

    /// <summary>Divides images, where there are several ranks, and batches for each.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="networks">What they predict by.</param>
    /// <param name="samples">The images.</param>
    /// <returns>Null where each rank predicts all.</returns>
    /// <exception cref="FineTuneException">The ranks have other images, weights or versions.</exception>
    public static PredictionShares? Of(ICommunicator ranks, IReadOnlyList<Network> networks, IReadOnlyList<Sample> samples)
    {
        if (ranks.Size == 1)
            return null;
        Agreement.Require(ranks, Facts(networks, samples));
        var shares = new Shares(ranks, samples.Count, EvaluationLoader.BatchSize);
        return shares.IsWorthIt ? new PredictionShares(shares) : null;
    }

    /// <summary>What all ranks have of their images, in the order of the images.</summary>
    /// <param name="mine">[Count, classes].</param>
    /// <param name="classes">Columns.</param>
    public double[] Gather(double[] mine, int classes)
    {
        using var scope = NewDisposeScope();
        return TensorValues.Of<double>(shares.Gather(tensor(mine).view(Count, classes))).ToArray();
    }

    private static (string Name, string Value)[] Facts(IReadOnlyList<Network> networks, IReadOnlyList<Sample> samples)
    {
        var images = samples.Select(s => $"{Path.GetFileName(s.Path)} {new FileInfo(s.Path).Length} {s.Label}");
        var weights = new XxHash128();
        foreach (var tensor in networks.SelectMany(n => n.state_dict().Values))
        {
            using var here = tensor.cpu().contiguous();
            weights.Append(here.bytes);
        }

        return
        [
            .. Agreement.Versions,
            ("number of images", FormattableString.Invariant($"{samples.Count}")),
            ("list of images", string.Join('\n', images)),
            ("set of weights", Convert.ToHexStringLower(weights.GetCurrentHash())),
        ];
    }
}
