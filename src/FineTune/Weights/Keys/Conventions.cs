namespace FineTune.Weights;

/// <summary>
/// The names that weight files have for the tensors of torchvision's architectures, a table a family. A family that is not here has the
/// same names everywhere: ResNet, ResNeXt, Wide ResNet, Inception v3 in timm; or timm has no such network.
/// </summary>
public static class Conventions
{
    private static readonly Family[] Families =
    [
        new(["densenet"], [OlderNames.DenseNet]),
        new(["googlenet", "inception_v3"], []) { NotNeeded = ["aux1.", "aux2.", "AuxLogits."] },
        new(["vgg"], [ConvolutionNames.Vgg]),
        new(["mobilenet_v2"], [MobileNames.MobileNetV2]),
        new(["mobilenet_v3_small"], [MobileNames.MobileNetV3Small]),
        new(["mobilenet_v3_large"], [MobileNames.MobileNetV3Large]),
        new(["mnasnet"], [MobileNames.MnasNet]),
        new(["efficientnet_"], [MobileNames.EfficientNet]),
        new(["regnet_"], [ConvolutionNames.RegNet]),
        new(["convnext_"], [ConvolutionNames.ConvNeXt, ConvolutionNames.ConvNeXtOfFacebook]),
        new(["vit_"], [TransformerNames.VisionTransformer, OlderNames.VisionTransformer]),
        new(["swin_"], [TransformerNames.Swin, TransformerNames.SwinOfMicrosoft])
        {
            Derived = [".attn.relative_position_index", ".attn_mask"],
        },
    ];

    /// <summary>Gives weights the names and shapes that timm has for them.</summary>
    /// <param name="model">A name of the zoo.</param>
    /// <param name="weights">Under torchvision's names, all tensors of the network.</param>
    /// <returns>
    /// The same values; what timm works out itself is left out. Where timm has the same names, or no such network: unchanged.
    /// </returns>
    public static StateDict ToTimm(string model, StateDict weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var family = Of(model);
        if (family.Timm is not { } timm)
            return weights;
        var renamed = weights.WithoutTensors();
        foreach (var (key, place) in timm.Places(weights.Keys).Where(p => !family.IsDerived(p.Key)))
            renamed.Add(place.Name, KeyShape.Reshape(weights[key], place.Shape.FromTorchvision));
        return renamed;
    }

    /// <summary>Gives weights torchvision's names and shapes, whatever prefix and whichever names they come under.</summary>
    /// <param name="model">A name of the zoo.</param>
    /// <param name="network">The network's names and shapes.</param>
    /// <param name="weights">As they were read.</param>
    /// <returns>The same values; unchanged where no known names fit.</returns>
    public static StateDict ToTorchvision(string model, IEnumerable<KeyValuePair<string, long[]>> network, StateDict weights) =>
        KeyFit.Fit(model, network, _ => false, weights);

    /// <summary>What is known of a model's names.</summary>
    internal static Family Of(string model) =>
        Families.FirstOrDefault(f => f.Models.Any(m => model.StartsWith(m, StringComparison.Ordinal))) ?? new Family([], []);

    /// <summary>Models that share their tables.</summary>
    /// <param name="Models">How their names begin.</param>
    /// <param name="Others">Names other than torchvision's; timm's first, where it differs.</param>
    internal sealed record Family(IReadOnlyList<string> Models, IReadOnlyList<KeyConvention> Others)
    {
        /// <summary>How the names of published tensors begin that the network has no use for: heads that serve training alone.</summary>
        public IReadOnlyList<string> NotNeeded { get; init; } = [];

        /// <summary>How the names of tensors end that follow from the architecture: they are never taken from a file.</summary>
        public IReadOnlyList<string> Derived { get; init; } = [];

        /// <summary>timm's names, where they differ.</summary>
        public KeyConvention? Timm => Others.FirstOrDefault(c => c.Name == TimmNames);

        public bool IsNotNeeded(string name) => NotNeeded.Any(n => name.StartsWith(n, StringComparison.Ordinal));

        public bool IsDerived(string name) => Derived.Any(d => name.EndsWith(d, StringComparison.Ordinal));
    }

    /// <summary>Networks whose batch norms have eps 1e-5 in timm (its tf_ variants: 1e-3) and 1e-3 here, as in torchvision.</summary>
    internal static bool HasOtherNormsInTimm(string model) =>
        WithTimmsNorms(model) is not null || model.StartsWith("efficientnet_v2", StringComparison.Ordinal);

    /// <summary>The zoo's network like one whose norms timm has otherwise, with timm's norms; null where there is none.</summary>
    internal static string? WithTimmsNorms(string model) => model is "mobilenet_v3_small" or "mobilenet_v3_large"
        or "efficientnet_b5" or "efficientnet_b6" or "efficientnet_b7" ? $"{model}_timm" : null;

    /// <summary>The name of timm's conventions.</summary>
    internal const string TimmNames = "timm's";
}
