using FineTune.Models;
using static TorchSharp.torch;

namespace FineTune.Transfer.Heads;

/// <summary>What a new head begins with.</summary>
public static class HeadInit
{
    private const double SmallDeviation = 0.01;

    /// <summary>
    /// The words of a recipe: default, PyTorch's uniform values; zero, every class as likely as any other at first (Kolesnikov et al.
    /// 2020, BiT); normal, weights of deviation 0.01 and biases of 0.
    /// </summary>
    public static IReadOnlyList<string> Words { get; } = ["default", "zero", "normal"];

    /// <summary>Fills the head of a network.</summary>
    /// <param name="network">Its last stage is changed.</param>
    /// <param name="word">One of <see cref="Words"/>.</param>
    /// <param name="seed">Decides normal's values.</param>
    /// <exception cref="FineTuneException">An unknown word; the nearest is offered.</exception>
    public static void Apply(Network network, string word, long seed)
    {
        if (!Words.Contains(word))
            throw Nearest.Unknown("value of `head.init`:", word, Words);
        if (word == Words[0])
            return;
        using var _ = no_grad();
        manual_seed(new RandomKey(seed, 1, 0, RandomUse.Initialise).ToSeed());
        foreach (var (_, parameter) in network.Head.NamedParameters())
        {
            if (word == "normal" && parameter.dim() > 1)
                parameter.normal_(0, SmallDeviation);
            else
                parameter.zero_();
        }
    }
}
