using FineTune.Models;
using FineTune.Models.Graph;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Regularize;

/// <summary>
/// Puts stochastic layers into a network, above its freeze line alone. None has a parameter, so the state dict keeps its keys;
/// a layer that is asked for and would never draw is refused.
/// </summary>
public static class Regularization
{
    /// <summary>Installs what is asked for.</summary>
    /// <param name="network">Changed.</param>
    /// <param name="options">What is asked for, in range.</param>
    /// <param name="firstTrained">The index of the first stage that trains.</param>
    /// <exception cref="FineTuneException">The network has no trained layer for an option.</exception>
    internal static void Install(Network network, RegularizeOptions options, int firstTrained)
    {
        if (options.SpatialDropout > 0 || options.DropBlock > 0)
        {
            foreach (var stage in MapStages(network, options.Stages, firstTrained))
                AddToMaps(network, stage, options);
        }

        if (options.StochasticDepth > 0)
            AddToBranches(network, 1 - options.StochasticDepth, firstTrained);
        if (options.DropConnect > 0)
        {
            var (stage, head) = Place(network, network.HeadLinear, "regularize.drop_connect");
            network.Substitute(stage, head, new DropConnect(() => network.HeadLinear, options.DropConnect));
        }

        if (options.FractionalPool)
            ReplacePool(network, options.PoolRatio, firstTrained);
    }

    /// <summary>Sets the dropout before the final layer.</summary>
    /// <param name="network">Changed.</param>
    /// <param name="p">Probability of leaving a feature out, in [0, 1).</param>
    /// <param name="form">Where it is made up for.</param>
    /// <exception cref="FineTuneException">The head has no dropout layer.</exception>
    public static void InstallHeadDropout(Network network, double p, DropoutForm form)
    {
        network.HeadDropout = p;
        if (p == 0 || form != DropoutForm.TestScaled)
            return;
        foreach (var (layer, share) in network.DropoutLayers.ToArray())
        {
            var (stage, step) = Place(network, layer, "head.dropout_form");
            network.Substitute(stage, step, new TestScaledDropout(share * p));
        }
    }

    private static void AddToMaps(Network network, int stage, RegularizeOptions options)
    {
        if (options.SpatialDropout > 0)
            network.Append(stage, nn.Dropout2d(options.SpatialDropout));
        if (options.DropBlock > 0)
            network.Append(stage, new DropBlock(options.DropBlock, options.BlockSize));
    }

    private static void AddToBranches(Network network, double keepLast, int firstTrained)
    {
        var blocks = network.Stages.SelectMany((s, k) => s.Steps.Where(p => p.IsResidual).Select(p => (Stage: k, Step: p))).ToArray();
        if (!blocks.Any(b => b.Stage >= firstTrained))
        {
            throw Nothing("stochastic_depth", blocks.Length == 0
                ? $"'{network.GetName()}' has no residual blocks"
                : "none of the residual blocks trains");
        }
        for (var l = 1; l <= blocks.Length; l++)
        {
            if (blocks[l - 1].Stage >= firstTrained)
                network.PutOnBranch(blocks[l - 1].Step, new StochasticDepth(StochasticDepth.Keep(l, blocks.Length, keepLast)));
        }
    }

    private static void ReplacePool(Network network, double ratio, int firstTrained)
    {
        var pools = network.Stages.SelectMany((s, k) => s.Steps.Where(p => p.Module is MaxPool2d).Select(p => (Stage: k, Step: p)))
            .ToArray();
        if (!pools.Any(p => p.Stage >= firstTrained))
        {
            throw Nothing(
                "fractional_pool", pools.Length == 0 ? $"'{network.GetName()}' has no max pool" : "the max pool is below the freeze line");
        }
        foreach (var (stage, step) in pools.Where(p => p.Stage >= firstTrained))
            network.Substitute(stage, step, new FractionalMaxPool((MaxPool2d)step.Module!, ratio));
    }

    private static int[] MapStages(Network network, IReadOnlyList<string> names, int firstTrained)
    {
        var able = Enumerable.Range(0, network.Stages.Count)
            .Where(k => k >= firstTrained && network.Stages[k].NamedModules().Any(m => m.Module is Conv2d)).ToArray();
        if (able.Length == 0)
            throw Nothing("spatial_dropout and regularize.drop_block", "no stage with convolutions trains");
        if (names.Count == 0)
            return [.. able.TakeLast(2)];
        var chosen = names.Distinct().Select(network.StageIndex).ToArray();
        return chosen.FirstOrDefault(k => !able.Contains(k), -1) is >= 0 and var wrong
            ? throw new FineTuneException($"The recipe's regularize.stages names '{network.Stages[wrong].Name}'; "
                + $"a stage with convolutions that trains is allowed: {string.Join(", ", able.Select(k => network.Stages[k].Name))}.")
            : chosen;
    }

    /// <summary>Where a layer stands as a step of its own, so that another can run in its place.</summary>
    private static (int Stage, Step Step) Place(Network network, nn.Module layer, string key) => network.Stages
        .SelectMany((s, k) => s.Steps.Select(p => (Stage: k, Step: p)))
        .Where(p => ReferenceEquals(p.Step.Module, layer)).Select(p => ((int, Step)?)p).FirstOrDefault()
            ?? throw new FineTuneException(
                $"The recipe's {key} needs the layer as a step of its own in '{network.GetName()}'; give it in the stage's chain.");

    private static FineTuneException Nothing(string key, string why) =>
        new($"The recipe's regularize.{key} would do nothing: {why}; leave it out.");
}
