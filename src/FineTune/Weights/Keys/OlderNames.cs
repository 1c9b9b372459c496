namespace FineTune.Weights;

/// <summary>Names that torchvision published weights under before it renamed its modules; it reads them still.</summary>
internal static class OlderNames
{
    private const string Whose = "torchvision's older ones";

    public static KeyConvention DenseNet { get; } = new(Whose, from layer in new[] { "norm", "conv" }
                                                              from n in new[] { 1, 2 }
                                                              let block = "features.denseblock{k}.denselayer{b}."
                                                              select new KeyRule($"{block}{layer}{n}", $"{block}{layer}.{n}"));

    public static KeyConvention VisionTransformer { get; } = new(
        Whose,
        [
            new("encoder.layers.encoder_layer_{k}.mlp.0", "encoder.layers.encoder_layer_{k}.mlp.linear_1"),
            new("encoder.layers.encoder_layer_{k}.mlp.3", "encoder.layers.encoder_layer_{k}.mlp.linear_2"),
        ]);
}
