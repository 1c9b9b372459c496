using FineTune.Models.Graph;
using FineTune.Models.Layers;

namespace FineTune.Models;

/// <summary>A plain network for small images, by options: blocks of 3x3 convolutions, each of which ends in a max pool of 2.</summary>
internal static class Cnn
{
    private const string Widths = "widths", Convs = "convs", Norm = "norm", Activation = "activation", Hidden = "hidden", Size = "size";
    private const string Batch = "batch", None = "none";
    private const int MostBlocks = 8, MostConvs = 8, MostWidth = 4096;

    private static readonly (string Name, ActivationKind Kind)[] Activations =
    [
        ("relu", ActivationKind.Relu), ("leaky_relu", ActivationKind.LeakyRelu), ("silu", ActivationKind.Silu),
        ("gelu", ActivationKind.Gelu),
    ];

    /// <summary>Its options.</summary>
    public static IReadOnlyList<OptionInfo> Options { get; } =
    [
        new(Widths, "32-64-128", "channels of each block, 1 to 8 numbers of 1 to 4096"),
        new(Convs, "2", "convolutions of a block, 1 to 8"),
        new(Norm, Batch, "batch or none"),
        new(Activation, "relu", "relu, leaky_relu, silu or gelu"),
        new(Hidden, "0", "values of a hidden layer before the head, up to 4096; 0: none"),
        new(Size, "32", "pixels a side of the input, 8 to 4096"),
    ];

    /// <summary>Stages block1 .., pool, classifier where there is a hidden layer, head.</summary>
    /// <param name="name">The name, options included.</param>
    /// <param name="options">Some of <see cref="Options"/>.</param>
    /// <param name="classes">Outputs of the head.</param>
    /// <exception cref="FineTuneException">An option is unknown, or out of range.</exception>
    public static NetworkGraph Describe(string name, IReadOnlyDictionary<string, object?> options, long classes)
    {
        var reader = new OptionReader("model cnn", Options, options);
        var size = Whole(reader, Size, 32, InputBounds.LeastSide, InputBounds.MostSide);
        var (convs, hidden) = (Whole(reader, Convs, 2, 1, MostConvs), Whole(reader, Hidden, 0, 0, MostWidth));
        var normed = Word(reader, Norm, [Batch, None]) == Batch;
        var word = Word(reader, Activation, [.. Activations.Select(a => a.Name)]);
        var activation = Activations.Single(a => a.Name == word).Kind;
        var widths = Numbers(reader.Words(Widths) ?? Options[0].Default, size);
        var x = new GraphBuilder(name, Preprocessing.ForImageNet(size, size)).Input("block1");
        for (var k = 0; k < widths.Length; k++)
        {
            x = k == 0 ? x : x.Begin($"block{k + 1}");
            for (var c = 1; c <= convs; c++)
            {
                x = x.Conv($"block{k + 1}.conv{c}", widths[k], 3, bias: !normed);
                x = (normed ? x.Norm($"block{k + 1}.norm{c}") : x).Activate(activation);
            }

            x = x.MaxPool(2, 2);
        }

        x = x.Begin("pool").GlobalAveragePool();
        x = hidden > 0 ? x.Begin("classifier").Dense("hidden", hidden).Activate(activation) : x;
        return x.Begin("head").Dropout().Dense("head", classes).Finish(Initialisations.Of(Initialisations.FanOut));
    }

    private static int Whole(OptionReader reader, string option, int otherwise, int least, int most)
    {
        _ = reader.Within(option, otherwise, least, most);
        return reader.Integer(option, otherwise);
    }

    /// <summary>The first word unless another is given.</summary>
    private static string Word(OptionReader reader, string option, string[] words) => reader.Words(option) switch
    {
        null => words[0],
        var word when words.Contains(word) => word,
        var other => throw Nearest.Unknown($"{option} of model cnn", other, words),
    };

    private static long[] Numbers(string text, int size)
    {
        var widths = Array.ConvertAll(text.Split('-'), t => int.TryParse(t, out var n) && n is >= 1 and <= MostWidth ? (long)n : 0);
        if (widths.Length > MostBlocks || widths.Contains(0))
        {
            throw new FineTuneException(
                $"The model cnn's widths are '{text}'; 1 to {MostBlocks} numbers of 1 to {MostWidth} are allowed, as in 32-64-128.");
        }

        return size >> widths.Length > 0
            ? widths
            : throw new FineTuneException(
                $"The model cnn has {widths.Length} blocks, each of which halves the size, but its input has {size} pixels; "
                + "give fewer widths or a larger size.");
    }
}
