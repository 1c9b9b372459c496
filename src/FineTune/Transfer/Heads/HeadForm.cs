using System.Globalization;
using FineTune.Models;
using FineTune.Models.Graph;
using FineTune.Models.Layers;
using FineTune.Weights;
using TorchSharp.Modules;

namespace FineTune.Transfer.Heads;

/// <summary>The shape of a new head. A weights file says which it has, so that the network can be built again.</summary>
/// <param name="Name">One of <see cref="Words"/>.</param>
/// <param name="Hidden">Values of the hidden layer of mlp and concat-pool, 1 to 8192.</param>
public sealed record HeadForm(string Name, int Hidden)
{
    /// <summary>The word of a weights file's metadata that tells of a head.</summary>
    internal const string Key = "head";

    private const string Mlp = "mlp", ConcatPool = "concat-pool", Cosine = "cosine";
    internal const int MaxHidden = 8192;

    /// <summary>One matrix: what networks come with.</summary>
    public static HeadForm Linear { get; } = new("linear", 0);

    /// <summary>
    /// The words of a recipe: linear; mlp, a hidden layer with ReLU; concat-pool, which pools both the largest and the mean of
    /// each channel and has a hidden layer between batch norms (fastai's); cosine, the angle to each class's direction.
    /// </summary>
    public static IReadOnlyList<string> Words { get; } = [Linear.Name, Mlp, ConcatPool, Cosine];

    /// <summary>From a recipe's words; one without a hidden layer forgets its width.</summary>
    /// <exception cref="FineTuneException">An unknown word, or a width out of range.</exception>
    public static HeadForm Parse(string name, int hidden)
    {
        if (!Words.Contains(name))
            throw Nearest.Unknown("value of `head.form`:", name, Words);
        if (hidden is < 1 or > MaxHidden)
            throw new FineTuneException($"The recipe's head.hidden is {hidden}; 1 to {MaxHidden} is allowed.");
        return new HeadForm(name, name is Mlp or ConcatPool ? hidden : 0);
    }

    /// <summary>The form that a weights file tells of; linear where it tells of none, or in another tool's words.</summary>
    /// <exception cref="FineTuneException">It tells of one that cannot be.</exception>
    public static HeadForm Read(StateDict weights)
    {
        if (!weights.Metadata.TryGetValue(Key, out var text) || text.Split(' ') is not [var name, var width] || !Words.Contains(name))
            return Linear;
        return int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var hidden)
            && (name is Mlp or ConcatPool ? hidden is >= 1 and <= MaxHidden : hidden == 0)
            ? new HeadForm(name, hidden)
            : throw new FineTuneException("The weights' metadata names a head that cannot be; the file is damaged.");
    }

    /// <summary>
    /// Puts a head of this form in place of a network's linear one, for as many classes, and notes it for its weights files.
    /// </summary>
    /// <param name="network">With the head that it was built with.</param>
    /// <exception cref="FineTuneException">The network has no way to replace its head, or no average pool where one is needed.</exception>
    public void Install(Network network)
    {
        if (this == Linear)
            return;
        var (features, classes) = (network.Features, network.Classes);
        network.ReplaceHead(Name switch
        {
            Mlp => MlpHead(features, Hidden, classes),
            ConcatPool => ConcatPoolHead(2 * features, Hidden, classes),
            _ => new CosineHead(features, classes),
        });
        if (Name == ConcatPool)
            PoolBoth(network);
        network.Metadata[Key] = FormattableString.Invariant($"{Name} {Hidden}");
    }

    /// <summary>A hidden layer with ReLU, dropout, and a linear layer: [N, features] -> [N, classes].</summary>
    internal static DescribedModule MlpHead(long features, long hidden, long classes) => Features(features)
        .Dense("hidden", hidden).Relu().Dropout().Dense("out", classes).AsModule(nameof(MlpHead));

    /// <summary>
    /// fastai's head (Howard and Gugger 2020): batch norm, dropout p / 2, a hidden layer with ReLU, batch norm, dropout p, and a
    /// linear layer without bias: [N, features] -> [N, classes].
    /// </summary>
    internal static DescribedModule ConcatPoolHead(long features, long hidden, long classes) => Features(features)
        .Then(new FeatureNorm(features), "bn1").Dropout(share: 0.5).Dense("hidden", hidden, bias: false).Relu()
        .Then(new FeatureNorm(hidden), "bn2").Dropout().Dense("out", classes, bias: false).AsModule(nameof(ConcatPoolHead));

    private static Value Features(long count) => new GraphBuilder(Key, Preprocessing.ImageNet).Input(Key, count);

    private static void PoolBoth(Network network)
    {
        for (var k = 0; k < network.Stages.Count; k++)
        {
            if (network.Stages[k].Steps.FirstOrDefault(s => s.Module is AdaptiveAvgPool2d) is not { } pool)
                continue;
            network.Substitute(k, pool, new ConcatPool2d());
            return;
        }

        throw new FineTuneException(
            $"The head concat-pool stands on an average pool, but no stage of '{network.GetName()}' has one as a step of its own.");
    }
}
