using FineTune.Models.Graph;

namespace FineTune.Models;

/// <summary>
/// Inception modules of four branches (Szegedy et al. 2014, arXiv 1409.4842, table 1), with batch norm and torchvision's names and keys,
/// and without the auxiliary heads, which serve training from scratch alone.
/// </summary>
internal static class GoogLeNet
{
    // (1x1), (1x1, 3x3), (1x1, 3x3 in place of the paper's 5x5), (pool, 1x1) channels of each module, by stage.
    private static readonly (string Name, long[] Channels)[][] Table =
    [
        [("3a", [64, 96, 128, 16, 32, 32]), ("3b", [128, 128, 192, 32, 96, 64])],
        [
            ("4a", [192, 96, 208, 16, 48, 64]), ("4b", [160, 112, 224, 24, 64, 64]), ("4c", [128, 128, 256, 24, 64, 64]),
            ("4d", [112, 144, 288, 32, 64, 64]), ("4e", [256, 160, 320, 32, 128, 128]),
        ],
        [("5a", [256, 160, 320, 32, 128, 128]), ("5b", [384, 192, 384, 48, 128, 128])],
    ];

    /// <summary>Stages stem, inception3 .. inception5, pool, head.</summary>
    public static NetworkGraph Describe(string name, long classes)
    {
        var x = Unit(new GraphBuilder(name, Preprocessing.HalfCentred(224, 256)).Input("stem"), "conv1", 64, 7, stride: 2)
            .MaxPool(3, 2, ceil: true);
        x = Unit(Unit(x, "conv2", 64), "conv3", 192, 3).MaxPool(3, 2, ceil: true);
        for (var k = 0; k < Table.Length; k++)
        {
            x = x.Begin($"inception{k + 3}");
            foreach (var (module, channels) in Table[k])
                x = Inception(x, $"inception{module}", channels);
            x = k < 2 ? x.MaxPool(3 - k, 2, ceil: true) : x;
        }

        return x.PoolAndHead("fc", classes).Finish(Initialisations.OfAll(Initialisations.TruncatedNormal(0.01)));
    }

    private static Value Inception(Value x, string key, long[] c) => Unit(x, $"{key}.branch1", c[0]).Concat(
        Unit(Unit(x, $"{key}.branch2.0", c[1]), $"{key}.branch2.1", c[2], 3),
        Unit(Unit(x, $"{key}.branch3.0", c[3]), $"{key}.branch3.1", c[4], 3),
        Unit(x.MaxPool(3, 1, 1, ceil: true), $"{key}.branch4.1", c[5]));

    private static Value Unit(Value x, string key, long channels, long kernel = 1, long stride = 1) =>
        x.Conv($"{key}.conv", channels, kernel, stride).Norm($"{key}.bn", eps: 1e-3).Relu();
}
