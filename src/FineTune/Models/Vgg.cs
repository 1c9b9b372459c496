using FineTune.Models.Graph;

namespace FineTune.Models;

/// <summary>
/// Stacks of 3x3 convolutions (Simonyan and Zisserman 2014, arXiv 1409.1556, table 1), with torchvision's names and keys.
/// </summary>
internal static class Vgg
{
    private const int Hidden = 4096;

    /// <summary>Stages block1 .. block5, classifier, head.</summary>
    /// <param name="name">The name.</param>
    /// <param name="depths">Convolutions of each block.</param>
    /// <param name="norm">Whether a batch norm follows each.</param>
    /// <param name="classes">Outputs of the head.</param>
    public static NetworkGraph Describe(string name, int[] depths, bool norm, long classes)
    {
        var x = new GraphBuilder(name, Preprocessing.ImageNet).Input("block1");
        var layer = 0;
        for (var k = 0; k < depths.Length; k++)
        {
            x = k == 0 ? x : x.Begin($"block{k + 1}");
            for (var b = 0; b < depths[k]; b++, layer += norm ? 3 : 2)
            {
                x = x.Conv($"features.{layer}", Math.Min(64L << k, 512), 3, bias: true);
                x = (norm ? x.Norm($"features.{layer + 1}") : x).Relu();
            }

            x = x.MaxPool(2, 2);
            layer++;
        }

        x = x.Begin("classifier").AdaptiveAveragePool(7).Flat().Dense("classifier.0", Hidden).Relu().Dropout()
            .Dense("classifier.3", Hidden).Relu();
        return x.Begin("head").Dropout().Dense("classifier.6", classes)
            .Finish(Initialisations.Of(Initialisations.FanOut, Initialisations.SmallNormal));
    }
}
