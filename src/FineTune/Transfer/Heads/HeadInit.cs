using FineTune.Engine;
using FineTune.Models;
using static TorchSharp.torch;

namespace FineTune.Transfer.Heads;

/// <summary>What a new head begins with.</summary>
public static class HeadInit
{
    /// <summary>The word for <see cref="ExactHead"/>, which needs the training images.</summary>
    public const string Exact = "exact";

    private const double SmallDeviation = 0.01;

    /// <summary>
    /// The words of a recipe: default, PyTorch's uniform values; zero, every class as likely as any other at first (Kolesnikov et al.
    /// 2020, BiT); normal, weights of deviation 0.01 and biases of 0; exact, the linear classifier that fits the frozen features best.
    /// </summary>
    public static IReadOnlyList<string> Words { get; } = ["default", "zero", "normal", Exact];

    /// <summary>Fills the final layer of a network.</summary>
    /// <param name="network">The last matrix of its head and what biases follow are changed.</param>
    /// <param name="word">One of <see cref="Words"/>; exact leaves the head as it is.</param>
    /// <param name="seed">Decides normal's values.</param>
    /// <exception cref="FineTuneException">An unknown word; the nearest is offered.</exception>
    public static void Apply(Network network, string word, long seed)
    {
        if (!Words.Contains(word))
            throw Nearest.Unknown("value of `head.init`:", word, Words);
        if (word == Words[0] || word == Exact)
            return;
        using var _ = no_grad();
        Seeding.Seed(new RandomKey(seed, 1, 0, RandomUse.Initialise).ToSeed());
        var layers = network.Head.NamedParameters().ToList();
        var weights = network.FinalWeights.Name;
        foreach (var (name, parameter) in layers.SkipWhile(p => p.Name != weights))
        {
            if (word == "normal" && name == weights)
                parameter.normal_(0, SmallDeviation);
            else if (name == weights || name.EndsWith("bias", StringComparison.Ordinal))
                parameter.zero_();
        }
    }
}
