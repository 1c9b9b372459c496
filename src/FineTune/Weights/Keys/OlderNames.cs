namespace FineTune.Weights;

/// <summary>Names that torchvision published weights under before it renamed its modules; it reads them still.</summary>
internal static class OlderNames
{
    private const string Whose = "torchvision's older ones";

    private const string DenseLayer = "features.denseblock{k}.denselayer{b}";

    public static KeyConvention DenseNet { get; } = new(
        Whose,
        [
            new($"{DenseLayer}.norm1", $"{DenseLayer}.norm.1"),
            new($"{DenseLayer}.conv1", $"{DenseLayer}.conv.1"),
            new($"{DenseLayer}.norm2", $"{DenseLayer}.norm.2"),
            new($"{DenseLayer}.conv2", $"{DenseLayer}.conv.2"),
        ]);

    public static KeyConvention VisionTransformer { get; } = new(
        Whose,
        [
            new("encoder.layers.encoder_layer_{k}.mlp.0", "encoder.layers.encoder_layer_{k}.mlp.linear_1"),
            new("encoder.layers.encoder_layer_{k}.mlp.3", "encoder.layers.encoder_layer_{k}.mlp.linear_2"),
        ]);
}
