using FineTune.Models;
using static TorchSharp.torch;

namespace FineTune.Transfer;

/// <summary>
/// Where learning starts: the stages below never change. They run in inference mode, batch norm by its running statistics,
/// and without a gradient; the stages above train.
/// </summary>
/// <param name="Network">The network.</param>
/// <param name="Stage">The index of the first stage that trains.</param>
public sealed record FreezeLine(Network Network, int Stage)
{
    /// <summary>The words that a recipe uses beside the names of stages.</summary>
    public const string Head = "head", All = "all";

    /// <summary>From a recipe's `trainable`: head, all, or a stage, which trains with all above it.</summary>
    /// <exception cref="FineTuneException">No such stage; the nearest is offered.</exception>
    public static FreezeLine Parse(Network network, string trainable) => new(network, trainable switch
    {
        All => 0,
        Head => network.Stages.Count - 1,
        _ when network.Stages.Any(s => s.Name == trainable) => network.StageIndex(trainable),
        _ => throw Nearest.Unknown("value of `trainable`:", trainable, [All, .. network.Stages.Select(s => s.Name)]),
    });

    /// <summary>Sets each stage to training or inference, as its side of the line asks for.</summary>
    public void Train()
    {
        for (var k = 0; k < Network.Stages.Count; k++)
            Network.Stages[k].Train(k >= Stage);
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
