using System.Globalization;
using FineTune.Models;
using FineTune.Optimize;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Transfer;

/// <summary>What batch norms do that do not train with their stage: those below a freeze line, and frozen ones above it.</summary>
public enum FrozenNorms
{
    /// <summary>They use their running statistics, which stay as they are.</summary>
    Inference,

    /// <summary>They use each batch's statistics, and their running ones follow; scale and shift stay as they are.</summary>
    StatisticsOnly,

    /// <summary>They train: statistics, scale and shift.</summary>
    Train,

    /// <summary>
    /// As inference, and those that train with their stage use their running statistics too: scale and shift train, the statistics stay.
    /// </summary>
    Frozen,
}

/// <summary>
/// Where learning starts: the weights below never change, and run in inference mode, batch norm as <see cref="Norms"/> says, and
/// without a gradient; the stages above train, but for the parameters in <see cref="Frozen"/>.
/// </summary>
/// <param name="Network">The network.</param>
/// <param name="Stage">The index of the first stage that has a gradient.</param>
public sealed record FreezeLine(Network Network, int Stage)
{
    /// <summary>The words that a recipe uses beside the names of stages.</summary>
    public const string Head = "head", All = "all";

    private const string Last = "last-";

    /// <summary>The words that a recipe uses for <see cref="Norms"/>.</summary>
    public static IReadOnlyList<string> NormWords { get; } = ["inference", "statistics-only", "train", "frozen"];

    /// <summary>What batch norms below do. Default: inference.</summary>
    public FrozenNorms Norms { get; init; } = FrozenNorms.Inference;

    /// <summary>Parameters above the line that stay as they are. Default: none.</summary>
    public IReadOnlySet<string> Frozen { get; init; } = new HashSet<string>();

    /// <summary>The stages that have parameters, from input to head.</summary>
    public static IEnumerable<int> LearningStages(Network network) =>
        Enumerable.Range(0, network.Stages.Count).Where(k => network.Stages[k].NamedParameters().Any());

    /// <summary>
    /// From a recipe's `trainable`: head, all, a stage, which trains with all above it, or last-K, the last K stages that have
    /// parameters.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="trainable">The recipe's word.</param>
    /// <param name="norms">The recipe's `batch_norm`; train draws the line at the first batch norm and freezes what lies between.</param>
    /// <param name="freeze">
    /// The recipe's `freeze`: names of parameters, with * for any text, that stay as they are though their stage trains.
    /// </param>
    /// <exception cref="FineTuneException">No such stage or word, of which the nearest is offered, or nothing is left to train.</exception>
    public static FreezeLine Parse(Network network, string trainable, string norms = "inference", IReadOnlyList<string>? freeze = null)
    {
        var stage = trainable switch
        {
            All => 0,
            Head => network.Stages.Count - 1,
            _ when network.Stages.Any(s => s.Name == trainable) => network.StageIndex(trainable),
            _ when trainable.StartsWith(Last, StringComparison.Ordinal) => LastStages(network, trainable),
            _ => throw Nearest.Unknown("value of `trainable`:", trainable, [All, .. network.Stages.Select(s => s.Name)]),
        };
        if (!NormWords.Contains(norms))
            throw Nearest.Unknown("value of `batch_norm`:", norms, NormWords);
        var line = new FreezeLine(network, stage) { Norms = (FrozenNorms)NormWords.ToList().IndexOf(norms) };
        if (line.Norms == FrozenNorms.Train)
            line = line.WithNormsBelow();
        return freeze is { Count: > 0 } ? line.WithFrozen(freeze) : line;
    }

    /// <summary>Sets each stage to training or inference, as its side of the line asks for.</summary>
    public void Train()
    {
        for (var k = 0; k < Network.Stages.Count; k++)
            Network.Stages[k].Train(k >= Stage);
        foreach (var norm in NormsWithoutBatch())
            norm.eval();
        foreach (var norm in IsStill ? [] : FrozenBatchNorms())
            norm.train();
    }

    /// <summary>Whether what lies below stays as it is, statistics included: it can be folded, and kept.</summary>
    public bool IsStill => Norms is FrozenNorms.Inference or FrozenNorms.Frozen;

    /// <summary>Running means and variances that stay as they are.</summary>
    internal IEnumerable<Tensor> StillStatistics() =>
        NormsWithoutBatch().SelectMany(n => new[] { n.running_mean!, n.running_var! });

    /// <summary>Batch norms whose running statistics follow the batches, once <see cref="Train"/> was called.</summary>
    internal IEnumerable<BatchNorm> MovingNorms => BatchNorms().Select(n => n.Norm).Where(n => n.training && n.running_mean is not null);

    /// <summary>Makes batch norms take their statistics over all ranks, where they take them from the batch.</summary>
    /// <param name="sum">Sums a vector over the ranks, in place.</param>
    /// <exception cref="FineTuneException">There is one within a module that nothing is known of.</exception>
    internal void Synchronise(Action<Tensor> sum)
    {
        var steps = Network.Stages.SelectMany(s => s.Steps).Where(s => s.Layer is not Models.Layers.Opaque)
            .Select(s => s.Module).OfType<BatchNorm>().ToHashSet();
        if (BatchNorms().FirstOrDefault(n => !steps.Contains(n.Norm)) is { Name: { } name })
        {
            throw new FineTuneException($"batch_norm_sync does not see into the module of '{name}', which is the application's own; "
                + "leave it off, or freeze batch norms (batch_norm: frozen).");
        }

        Models.Layers.SyncedNorm.Synchronise(steps, sum);
    }

    /// <summary>Bytes at the line of one image of the network's input size, in float32.</summary>
    public long BoundaryBytes()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Network.eval();
        var size = Network.Preprocessing.InputSize;
        return Network.Through(0, Stage, zeros([1, 3, size, size]).to(Network.parameters().First().device)).numel() * sizeof(float);
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

    private static int LastStages(Network network, string trainable)
    {
        var stages = LearningStages(network).ToArray();
        return int.TryParse(trainable.AsSpan(Last.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var k) && k >= 1
            && k <= stages.Length
            ? stages[^k]
            : throw new FineTuneException(
                $"The recipe's trainable is '{trainable}'; {network.GetName()} has last-1 (the head) to last-{stages.Length} (all).");
    }

    private FreezeLine WithNormsBelow()
    {
        var norms = BatchNorms().Where(n => n.Stage < Stage).ToArray();
        if (norms.Length == 0)
            return this;
        var first = norms[0].Stage;
        var trained = norms.SelectMany(n => new[] { n.Name + ".weight", n.Name + ".bias" }).ToHashSet();
        return this with
        {
            Stage = first,
            Frozen = Network.Stages.Skip(first).Take(Stage - first).SelectMany(s => s.NamedParameters()).Select(p => p.Name)
                .Where(p => !trained.Contains(p)).ToHashSet(),
        };
    }

    private FreezeLine WithFrozen(IReadOnlyList<string> patterns)
    {
        var above = Network.Stages.Skip(Stage).SelectMany(s => s.NamedParameters()).Select(p => p.Name).ToArray();
        var frozen = Frozen.ToHashSet();
        foreach (var pattern in patterns.Select(p => new NamePattern(p)))
            frozen.UnionWith(above.Where(pattern.Matches));

        // Stages at the input of which nothing trains any more are below the line: they need no gradient, and can be cached.
        var first = Enumerable.Range(Stage, Network.Stages.Count - Stage)
            .FirstOrDefault(k => Network.Stages[k].NamedParameters().Any(p => !frozen.Contains(p.Name)), -1);
        return first >= 0
            ? this with { Stage = first, Frozen = frozen }
            : throw new FineTuneException("The recipe's freeze leaves no parameter to train.");
    }

    private IEnumerable<(int Stage, string Name, BatchNorm Norm)> BatchNorms() =>
        Network.Stages.SelectMany(
            (s, k) => s.NamedModules().Where(m => m.Module is BatchNorm).Select(m => (k, m.Name, (BatchNorm)m.Module)));

    /// <summary>Batch norms that use their running statistics.</summary>
    private IEnumerable<BatchNorm> NormsWithoutBatch() => Norms switch
    {
        FrozenNorms.Inference => FrozenBatchNorms(),
        FrozenNorms.Frozen => BatchNorms().Select(n => n.Norm),
        _ => [],
    };

    private IEnumerable<BatchNorm> FrozenBatchNorms() =>
        BatchNorms().Where(n => n.Stage < Stage || Frozen.Contains(n.Name + ".weight")).Select(n => n.Norm);
}
