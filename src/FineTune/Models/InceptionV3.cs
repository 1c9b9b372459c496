using FineTune.Models.Graph;
using FineTune.Models.Layers;

namespace FineTune.Models;

/// <summary>
/// Inception with factorised convolutions, for 299 pixels (Szegedy et al. 2015, arXiv 1512.00567, table 1), with torchvision's names and
/// keys, and without the auxiliary head, which serves training from scratch alone.
/// </summary>
internal static class InceptionV3
{
    /// <summary>Stages stem, mixed5 .. mixed7, pool, head.</summary>
    public static NetworkGraph Describe(string name, long classes)
    {
        var x = new GraphBuilder(name, Preprocessing.HalfCentred(299, 342)).Input("stem");
        x = Unit(Unit(Unit(x, "Conv2d_1a_3x3", 32, 3, 2, pad: false), "Conv2d_2a_3x3", 32, 3, pad: false), "Conv2d_2b_3x3", 64, 3)
            .MaxPool(3, 2);
        x = Unit(Unit(x, "Conv2d_3b_1x1", 80), "Conv2d_4a_3x3", 192, 3, pad: false).MaxPool(3, 2);
        x = A(A(A(x.Begin("mixed5"), "Mixed_5b", 32), "Mixed_5c", 64), "Mixed_5d", 64);
        x = C(C(C(C(B(x.Begin("mixed6"), "Mixed_6a"), "Mixed_6b", 128), "Mixed_6c", 160), "Mixed_6d", 160), "Mixed_6e", 192);
        x = E(E(D(x.Begin("mixed7"), "Mixed_7a"), "Mixed_7b"), "Mixed_7c");
        return x.PoolAndHead("fc", classes).Finish(Initialisations.OfAll(Initialisations.TruncatedNormal(0.1)));
    }

    /// <summary>Figure 5 of the paper.</summary>
    private static Value A(Value x, string key, long pooled) => Unit(x, $"{key}.branch1x1", 64).Concat(
        Unit(Unit(x, $"{key}.branch5x5_1", 48), $"{key}.branch5x5_2", 64, 5),
        Unit(Unit(Unit(x, $"{key}.branch3x3dbl_1", 64), $"{key}.branch3x3dbl_2", 96, 3), $"{key}.branch3x3dbl_3", 96, 3),
        Pool(x, key, pooled));

    /// <summary>Figure 10: to half the size.</summary>
    private static Value B(Value x, string key) => Unit(x, $"{key}.branch3x3", 384, 3, 2, pad: false).Concat(
        Unit(Unit(Unit(x, $"{key}.branch3x3dbl_1", 64), $"{key}.branch3x3dbl_2", 96, 3), $"{key}.branch3x3dbl_3", 96, 3, 2, pad: false),
        x.MaxPool(3, 2));

    /// <summary>Figure 6, with n = 7.</summary>
    private static Value C(Value x, string key, long c)
    {
        var d = Tall(Unit(x, $"{key}.branch7x7dbl_1", c), $"{key}.branch7x7dbl_2", c, 7);
        d = Wide(Tall(Wide(d, $"{key}.branch7x7dbl_3", c, 7), $"{key}.branch7x7dbl_4", c, 7), $"{key}.branch7x7dbl_5", 192, 7);
        return Unit(x, $"{key}.branch1x1", 192).Concat(
            Tall(Wide(Unit(x, $"{key}.branch7x7_1", c), $"{key}.branch7x7_2", c, 7), $"{key}.branch7x7_3", 192, 7), d, Pool(x, key, 192));
    }

    /// <summary>To half the size.</summary>
    private static Value D(Value x, string key)
    {
        var seven = Tall(Wide(Unit(x, $"{key}.branch7x7x3_1", 192), $"{key}.branch7x7x3_2", 192, 7), $"{key}.branch7x7x3_3", 192, 7);
        return Unit(Unit(x, $"{key}.branch3x3_1", 192), $"{key}.branch3x3_2", 320, 3, 2, pad: false).Concat(
            Unit(seven, $"{key}.branch7x7x3_4", 192, 3, 2, pad: false), x.MaxPool(3, 2));
    }

    /// <summary>Figure 7.</summary>
    private static Value E(Value x, string key)
    {
        var (three, twice) =
            (Unit(x, $"{key}.branch3x3_1", 384), Unit(Unit(x, $"{key}.branch3x3dbl_1", 448), $"{key}.branch3x3dbl_2", 384, 3));
        return Unit(x, $"{key}.branch1x1", 320).Concat(
            Wide(three, $"{key}.branch3x3_2a", 384, 3).Concat(Tall(three, $"{key}.branch3x3_2b", 384, 3)),
            Wide(twice, $"{key}.branch3x3dbl_3a", 384, 3).Concat(Tall(twice, $"{key}.branch3x3dbl_3b", 384, 3)),
            Pool(x, key, 192));
    }

    private static Value Pool(Value x, string key, long channels) => Unit(x.AveragePool(3, 1, 1), $"{key}.branch_pool", channels);

    private static Value Unit(Value x, string key, long channels, long kernel = 1, long stride = 1, bool pad = true) =>
        Normed(x.Conv($"{key}.conv", channels, kernel, stride, padding: pad ? null : 0), key);

    /// <summary>1 x n.</summary>
    private static Value Wide(Value x, string key, long channels, long n) =>
        Normed(x.Then(new Convolution(x.Channels, channels, (1, n), (0, n / 2), 1, 1, 1, false), $"{key}.conv"), key);

    /// <summary>n x 1.</summary>
    private static Value Tall(Value x, string key, long channels, long n) =>
        Normed(x.Then(new Convolution(x.Channels, channels, (n, 1), (n / 2, 0), 1, 1, 1, false), $"{key}.conv"), key);

    private static Value Normed(Value x, string key) => x.Norm($"{key}.bn", eps: 1e-3).Relu();
}
