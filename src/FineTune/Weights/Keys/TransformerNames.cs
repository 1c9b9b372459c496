namespace FineTune.Weights;

/// <summary>Names of the transformers in timm, and in the original repository where those differ.</summary>
internal static class TransformerNames
{
    private const string Layer = "encoder.layers.encoder_layer_{k}";

    /// <summary>The tensors are torchvision's one for one: qkv is in_proj, queries first, then keys and values.</summary>
    public static KeyConvention VisionTransformer { get; } = new(
        Conventions.TimmNames,
        [
            new("conv_proj", "patch_embed.proj"),
            new("class_token", "cls_token"),
            new("encoder.pos_embedding", "pos_embed"),
            new($"{Layer}.ln_1", "blocks.{k}.norm1"),
            new($"{Layer}.self_attention.in_proj_weight", "blocks.{k}.attn.qkv.weight"),
            new($"{Layer}.self_attention.in_proj_bias", "blocks.{k}.attn.qkv.bias"),
            new($"{Layer}.self_attention.out_proj", "blocks.{k}.attn.proj"),
            new($"{Layer}.ln_2", "blocks.{k}.norm2"),
            new($"{Layer}.mlp.0", "blocks.{k}.mlp.fc1"),
            new($"{Layer}.mlp.3", "blocks.{k}.mlp.fc2"),
            new("encoder.ln", "norm"),
            new("heads.head", "head"),
        ]);

    /// <summary>timm since 0.9: maps are halved at the beginning of a stage.</summary>
    public static KeyConvention Swin { get; } = new(
        Conventions.TimmNames, [.. SwinBlocks, new("features.{2k}", "layers.{k}.downsample"), new("head", "head.fc")]);

    /// <summary>Microsoft's, and timm's before 0.9: maps are halved at the end of the stage before.</summary>
    public static KeyConvention SwinOfMicrosoft { get; } = new(
        "Microsoft's", [.. SwinBlocks, new("features.{2k+2}", "layers.{k}.downsample")]);

    private static IEnumerable<KeyRule> SwinBlocks =>
    [
        new("features.0.0", "patch_embed.proj"),
        new("features.0.2", "patch_embed.norm"),
        new("features.{2k+1}.{b}.mlp.0", "layers.{k}.blocks.{b}.mlp.fc1"),
        new("features.{2k+1}.{b}.mlp.3", "layers.{k}.blocks.{b}.mlp.fc2"),
        new("features.{2k+1}.{b}", "layers.{k}.blocks.{b}"),
    ];
}
