using FineTune.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Transfer;

/// <summary>What batch norms below a freeze line do while the stages above it train.</summary>
public enum FrozenNorms
{
    /// <summary>They use their running statistics, which stay as they are.</summary>
    Inference,

    /// <summary>They use each batch's statistics, and their running ones follow; scale and shift stay as they are.</summary>
    StatisticsOnly,
}

/// <summary>
/// Where learning starts: the weights below never change, and run in inference mode, batch norm as <see cref="Norms"/> says, and
/// without a gradient; the stages above train.
/// </summary>
/// <param name="Network">The network.</param>
/// <param name="Stage">The index of the first stage that trains.</param>
public sealed record FreezeLine(Network Network, int Stage)
{
    /// <summary>What batch norms below do. Default: inference.</summary>
    public FrozenNorms Norms { get; init; } = FrozenNorms.Inference;

    /// <summary>The words that a recipe uses for <see cref="Norms"/>.</summary>
    public static IReadOnlyList<string> NormWords { get; } = ["inference", "statistics-only"];

    /// <summary>The words that a recipe uses beside the names of stages.</summary>
    public const string Head = "head", All = "all";

    /// <summary>From a recipe's `trainable`: head, all, or a stage, which trains with all above it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="trainable">The recipe's word.</param>
    /// <param name="norms">The recipe's `batch_norm`.</param>
    /// <exception cref="FineTuneException">No such stage or word; the nearest is offered.</exception>
    public static FreezeLine Parse(Network network, string trainable, string norms = "inference") => new(network, trainable switch
    {
        All => 0,
        Head => network.Stages.Count - 1,
        _ when network.Stages.Any(s => s.Name == trainable) => network.StageIndex(trainable),
        _ => throw Nearest.Unknown("value of `trainable`:", trainable, [All, .. network.Stages.Select(s => s.Name)]),
    })
    {
        Norms = NormWords.Contains(norms) ? (FrozenNorms)NormWords.ToList().IndexOf(norms) : throw Nearest.Unknown("value of `batch_norm`:", norms, NormWords),
    };

    /// <summary>Sets each stage to training or inference, as its side of the line asks for.</summary>
    public void Train()
    {
        for (var k = 0; k < Network.Stages.Count; k++)
            Network.Stages[k].Train(k >= Stage);
        if (Norms == FrozenNorms.Inference)
            return;
        foreach (var norm in Network.Stages.Take(Stage).SelectMany(s => s.NamedModules()).Select(m => m.Module).OfType<BatchNorm2d>())
            norm.train();
    }

    /// <summary>Logits [N, classes] of images [N, 3, H, W]; no gradient is kept below the line.</summary>
    public Tensor Forward(Tensor images)
    {
        if (Stage == 0)
            return Network.ForwardFrom(0, images);
        Tensor boundary;
        using (no_grad())
            boundary = Network.Through(0, Stage, images);
        var logits = Network.ForwardFrom(Stage, boundary);
        boundary.Dispose();
        return logits;
    }
}
