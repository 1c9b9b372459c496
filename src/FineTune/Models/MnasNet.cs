using FineTune.Models.Graph;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTune.Models;

/// <summary>A network found by search (Tan et al. 2018, arXiv 1807.11626, figure 7), with torchvision's names and keys.</summary>
internal static class MnasNet
{
    private const double Momentum = 1 - 0.9997;

    // (channels, kernel, stride, expansion, repeats) of each stack.
    private static readonly (int Channels, int Kernel, int Stride, int Expansion, int Repeats)[] Table =
        [(24, 3, 2, 3, 3), (40, 5, 2, 3, 3), (80, 5, 2, 6, 3), (96, 3, 1, 6, 2), (192, 5, 2, 6, 4), (320, 3, 1, 6, 1)];

    /// <summary>Stages stem, layer1 .. layer4, last, pool, head.</summary>
    /// <param name="name">The name.</param>
    /// <param name="width">Multiplies the channels.</param>
    /// <param name="classes">Outputs of the head.</param>
    public static NetworkGraph Describe(string name, double width, long classes)
    {
        var x = new GraphBuilder(name, Preprocessing.ImageNet).Input("stem");
        var first = Widths.Divisible(32 * width);
        x = Unit(Unit(x, "layers", 0, first, 3, 2).Relu(), "layers", 3, first, 3, groups: first).Relu();
        x = Unit(x, "layers", 6, Widths.Divisible(16 * width));
        var stage = 1;
        for (var k = 0; k < Table.Length; k++)
        {
            var (channels, kernel, stride, expansion, repeats) = Table[k];
            x = stride == 2 ? x.Begin($"layer{stage++}") : x;
            for (var b = 0; b < repeats; b++)
                x = Block(x, $"layers.{k + 8}.{b}.layers", Widths.Divisible(channels * width), kernel, b == 0 ? stride : 1, expansion);
        }

        return Unit(x.Begin("last"), "layers", 14, 1280).Relu().PoolAndHead("classifier.1", classes)
            .Finish(Initialisations.Of(Initialisations.FanOut, FanOutOfSigmoid));
    }

    private static Value Block(Value x, string key, long channels, long kernel, long stride, int expansion)
    {
        var hidden = expansion * x.Channels;
        var y = Unit(Unit(Unit(x, key, 0, hidden).Relu(), key, 3, hidden, kernel, stride, hidden).Relu(), key, 6, channels);
        return stride == 1 && x.Channels == channels ? y.Plus(x) : y;
    }

    private static Value Unit(Value x, string key, int layer, long channels, long kernel = 1, long stride = 1, long groups = 1) =>
        x.Conv($"{key}.{layer}", channels, kernel, stride, groups: groups).Norm($"{key}.{layer + 1}", momentum: Momentum);

    private static void FanOutOfSigmoid(Parameter weight) =>
        nn.init.kaiming_uniform_(weight, 0, nn.init.FanInOut.FanOut, nn.init.NonlinearityType.Sigmoid);
}
