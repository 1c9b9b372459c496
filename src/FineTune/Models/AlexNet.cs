using FineTune.Models.Graph;

namespace FineTune.Models;

/// <summary>The network that began it (Krizhevsky 2014, arXiv 1404.5997), with torchvision's names and keys.</summary>
internal static class AlexNet
{
    /// <summary>Stages conv1 .. conv3, classifier, head.</summary>
    public static NetworkGraph Describe(string name, long classes)
    {
        var x = new GraphBuilder(name, Preprocessing.ImageNet).Input("conv1");
        x = x.Conv("features.0", 64, 11, stride: 4, padding: 2, bias: true).Relu().MaxPool(3, 2);
        x = x.Begin("conv2").Conv("features.3", 192, 5, bias: true).Relu().MaxPool(3, 2);
        x = x.Begin("conv3").Conv("features.6", 384, 3, bias: true).Relu().Conv("features.8", 256, 3, bias: true).Relu();
        x = x.Conv("features.10", 256, 3, bias: true).Relu().MaxPool(3, 2);
        x = x.Begin("classifier").AdaptiveAveragePool(6).Flat().Dropout().Dense("classifier.1", 4096).Relu().Dropout()
            .Dense("classifier.4", 4096).Relu();
        return x.Begin("head").Dense("classifier.6", classes).Finish(Initialisations.None);
    }
}
