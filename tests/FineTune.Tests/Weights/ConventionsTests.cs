using FineTune.Tests.Models;
using FineTune.Weights;

namespace FineTune.Tests.Weights;

public sealed class ConventionsTests
{
    public static TheoryData<string> Models => [.. ModelGoldens.All.Keys];

    [Theory]
    [MemberData(nameof(Models))]
    public void Names_worked_out_here_are_those_of_the_original(string model) =>
        ModelKeys.Hash(ModelKeys.Of(model)).ShouldBe(ModelGoldens.All[model].Sha256);

    /// <summary>No two tensors get one name, and every convention leads back to the tensors and shapes that it began with.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void Every_convention_is_one_to_one_and_leads_back(string model)
    {
        var keys = ModelKeys.Of(model);
        var family = Conventions.Of(model);
        foreach (var convention in family.Others)
        {
            var places = convention.Places(keys.Select(k => k.Key));
            places.Values.Select(p => p.Name).ShouldBeUnique();
            var original = Filled(keys);
            var other = new StateDict();
            foreach (var (key, values) in original)
                other.Add(places[key].Name, KeyShape.Reshape(values, places[key].Shape.FromTorchvision));

            var back = Conventions.ToTorchvision(model, keys, other);

            back.Notes[0].ShouldContain(convention.Name);
            back.Notes.Count.ShouldBe(Conventions.HasOtherNormsInTimm(model) ? 2 : 1); // the second says that results differ
            back.Keys.Order().ShouldBe(original.Keys.Where(k => !family.IsDerived(k)).Order());
            foreach (var (key, values) in back)
            {
                values.Shape.ShouldBe(original[key].Shape, key);
                values.Bytes.Equals(original[key].Bytes).ShouldBeTrue(key);
            }
        }
    }

    /// <summary>From timm's source, by hand: torchvision's name, timm's, timm's shape.</summary>
    [Theory]
    [InlineData("vit_b_16", "class_token", "cls_token", new long[] { 1, 1, 768 })]
    [InlineData("vit_b_16", "conv_proj.weight", "patch_embed.proj.weight", new long[] { 768, 3, 16, 16 })]
    [InlineData("vit_b_16", "encoder.pos_embedding", "pos_embed", new long[] { 1, 197, 768 })]
    [InlineData("vit_b_16", "encoder.layers.encoder_layer_11.ln_1.bias", "blocks.11.norm1.bias", new long[] { 768 })]
    [InlineData("vit_b_16", "encoder.layers.encoder_layer_11.self_attention.in_proj_weight",
        "blocks.11.attn.qkv.weight", new long[] { 2304, 768 })]
    [InlineData("vit_b_16", "encoder.layers.encoder_layer_11.self_attention.in_proj_bias", "blocks.11.attn.qkv.bias", new long[] { 2304 })]
    [InlineData("vit_b_16", "encoder.layers.encoder_layer_0.self_attention.out_proj.weight",
        "blocks.0.attn.proj.weight", new long[] { 768, 768 })]
    [InlineData("vit_l_32", "encoder.layers.encoder_layer_23.mlp.0.weight", "blocks.23.mlp.fc1.weight", new long[] { 4096, 1024 })]
    [InlineData("vit_l_32", "encoder.layers.encoder_layer_23.mlp.3.weight", "blocks.23.mlp.fc2.weight", new long[] { 1024, 4096 })]
    [InlineData("vit_b_16", "encoder.ln.weight", "norm.weight", new long[] { 768 })]
    [InlineData("vit_b_16", "heads.head.weight", "head.weight", new long[] { 10, 768 })]
    [InlineData("convnext_tiny", "features.0.0.weight", "stem.0.weight", new long[] { 96, 3, 4, 4 })]
    [InlineData("convnext_tiny", "features.0.1.bias", "stem.1.bias", new long[] { 96 })]
    [InlineData("convnext_tiny", "features.2.0.weight", "stages.1.downsample.0.weight", new long[] { 96 })]
    [InlineData("convnext_tiny", "features.6.1.weight", "stages.3.downsample.1.weight", new long[] { 768, 384, 2, 2 })]
    [InlineData("convnext_tiny", "features.5.8.block.0.weight", "stages.2.blocks.8.conv_dw.weight", new long[] { 384, 1, 7, 7 })]
    [InlineData("convnext_tiny", "features.5.8.block.2.weight", "stages.2.blocks.8.norm.weight", new long[] { 384 })]
    [InlineData("convnext_tiny", "features.5.8.block.3.weight", "stages.2.blocks.8.mlp.fc1.weight", new long[] { 1536, 384 })]
    [InlineData("convnext_tiny", "features.5.8.block.5.bias", "stages.2.blocks.8.mlp.fc2.bias", new long[] { 384 })]
    [InlineData("convnext_tiny", "features.1.0.layer_scale", "stages.0.blocks.0.gamma", new long[] { 96 })]
    [InlineData("convnext_tiny", "classifier.0.weight", "head.norm.weight", new long[] { 768 })]
    [InlineData("convnext_tiny", "classifier.2.weight", "head.fc.weight", new long[] { 10, 768 })]
    [InlineData("efficientnet_b0", "features.0.0.weight", "conv_stem.weight", new long[] { 32, 3, 3, 3 })]
    [InlineData("efficientnet_b0", "features.0.1.running_var", "bn1.running_var", new long[] { 32 })]
    [InlineData("efficientnet_b0", "features.1.0.block.0.0.weight", "blocks.0.0.conv_dw.weight", new long[] { 32, 1, 3, 3 })]
    [InlineData("efficientnet_b0", "features.1.0.block.1.fc1.weight", "blocks.0.0.se.conv_reduce.weight", new long[] { 8, 32, 1, 1 })]
    [InlineData("efficientnet_b0", "features.1.0.block.2.0.weight", "blocks.0.0.conv_pw.weight", new long[] { 16, 32, 1, 1 })]
    [InlineData("efficientnet_b0", "features.1.0.block.2.1.weight", "blocks.0.0.bn2.weight", new long[] { 16 })]
    [InlineData("efficientnet_b0", "features.2.1.block.0.0.weight", "blocks.1.1.conv_pw.weight", new long[] { 144, 24, 1, 1 })]
    [InlineData("efficientnet_b0", "features.2.1.block.1.0.weight", "blocks.1.1.conv_dw.weight", new long[] { 144, 1, 3, 3 })]
    [InlineData("efficientnet_b0", "features.6.3.block.2.fc2.bias", "blocks.5.3.se.conv_expand.bias", new long[] { 1152 })]
    [InlineData("efficientnet_b0", "features.6.3.block.3.0.weight", "blocks.5.3.conv_pwl.weight", new long[] { 192, 1152, 1, 1 })]
    [InlineData("efficientnet_b0", "features.7.0.block.3.1.running_mean", "blocks.6.0.bn3.running_mean", new long[] { 320 })]
    [InlineData("efficientnet_b0", "features.8.0.weight", "conv_head.weight", new long[] { 1280, 320, 1, 1 })]
    [InlineData("efficientnet_b0", "features.8.1.bias", "bn2.bias", new long[] { 1280 })]
    [InlineData("efficientnet_b0", "classifier.1.weight", "classifier.weight", new long[] { 10, 1280 })]
    [InlineData("efficientnet_v2_s", "features.1.1.block.0.0.weight", "blocks.0.1.conv.weight", new long[] { 24, 24, 3, 3 })]
    [InlineData("efficientnet_v2_s", "features.1.1.block.0.1.weight", "blocks.0.1.bn1.weight", new long[] { 24 })]
    [InlineData("efficientnet_v2_s", "features.2.0.block.0.0.weight", "blocks.1.0.conv_exp.weight", new long[] { 96, 24, 3, 3 })]
    [InlineData("efficientnet_v2_s", "features.2.0.block.1.0.weight", "blocks.1.0.conv_pwl.weight", new long[] { 48, 96, 1, 1 })]
    [InlineData("efficientnet_v2_s", "features.2.0.block.1.1.weight", "blocks.1.0.bn2.weight", new long[] { 48 })]
    [InlineData("efficientnet_v2_s", "features.6.14.block.3.0.weight", "blocks.5.14.conv_pwl.weight", new long[] { 256, 1536, 1, 1 })]
    [InlineData("efficientnet_v2_s", "features.7.0.weight", "conv_head.weight", new long[] { 1280, 256, 1, 1 })]
    [InlineData("efficientnet_v2_l", "features.8.0.weight", "conv_head.weight", new long[] { 1280, 640, 1, 1 })]
    [InlineData("mobilenet_v3_large", "features.1.block.1.0.weight", "blocks.0.0.conv_pw.weight", new long[] { 16, 16, 1, 1 })]
    [InlineData("mobilenet_v3_large", "features.3.block.2.0.weight", "blocks.1.1.conv_pwl.weight", new long[] { 24, 72, 1, 1 })]
    [InlineData("mobilenet_v3_large", "features.4.block.2.fc1.weight", "blocks.2.0.se.conv_reduce.weight", new long[] { 24, 72, 1, 1 })]
    [InlineData("mobilenet_v3_large", "features.10.block.1.1.weight", "blocks.3.3.bn2.weight", new long[] { 184 })]
    [InlineData("mobilenet_v3_large", "features.15.block.3.0.weight", "blocks.5.2.conv_pwl.weight", new long[] { 160, 960, 1, 1 })]
    [InlineData("mobilenet_v3_large", "features.16.0.weight", "blocks.6.0.conv.weight", new long[] { 960, 160, 1, 1 })]
    [InlineData("mobilenet_v3_large", "features.16.1.weight", "blocks.6.0.bn1.weight", new long[] { 960 })]
    [InlineData("mobilenet_v3_large", "classifier.0.weight", "conv_head.weight", new long[] { 1280, 960, 1, 1 })]
    [InlineData("mobilenet_v3_large", "classifier.0.bias", "conv_head.bias", new long[] { 1280 })]
    [InlineData("mobilenet_v3_large", "classifier.3.weight", "classifier.weight", new long[] { 10, 1280 })]
    [InlineData("mobilenet_v3_small", "features.1.block.1.fc2.weight", "blocks.0.0.se.conv_expand.weight", new long[] { 16, 8, 1, 1 })]
    [InlineData("mobilenet_v3_small", "features.1.block.2.0.weight", "blocks.0.0.conv_pw.weight", new long[] { 16, 16, 1, 1 })]
    [InlineData("mobilenet_v3_small", "features.2.block.2.1.weight", "blocks.1.0.bn3.weight", new long[] { 24 })]
    [InlineData("mobilenet_v3_small", "features.12.0.weight", "blocks.5.0.conv.weight", new long[] { 576, 96, 1, 1 })]
    [InlineData("mobilenet_v2", "features.0.0.weight", "conv_stem.weight", new long[] { 32, 3, 3, 3 })]
    [InlineData("mobilenet_v2", "features.1.conv.1.weight", "blocks.0.0.conv_pw.weight", new long[] { 16, 32, 1, 1 })]
    [InlineData("mobilenet_v2", "features.3.conv.0.0.weight", "blocks.1.1.conv_pw.weight", new long[] { 144, 24, 1, 1 })]
    [InlineData("mobilenet_v2", "features.11.conv.1.1.weight", "blocks.4.0.bn2.weight", new long[] { 384 })]
    [InlineData("mobilenet_v2", "features.17.conv.3.weight", "blocks.6.0.bn3.weight", new long[] { 320 })]
    [InlineData("mobilenet_v2", "features.18.0.weight", "conv_head.weight", new long[] { 1280, 320, 1, 1 })]
    [InlineData("mnasnet1_0", "layers.0.weight", "conv_stem.weight", new long[] { 32, 3, 3, 3 })]
    [InlineData("mnasnet1_0", "layers.3.weight", "blocks.0.0.conv_dw.weight", new long[] { 32, 1, 3, 3 })]
    [InlineData("mnasnet1_0", "layers.7.weight", "blocks.0.0.bn2.weight", new long[] { 16 })]
    [InlineData("mnasnet1_0", "layers.8.2.layers.0.weight", "blocks.1.2.conv_pw.weight", new long[] { 72, 24, 1, 1 })]
    [InlineData("mnasnet1_0", "layers.13.0.layers.6.weight", "blocks.6.0.conv_pwl.weight", new long[] { 320, 1152, 1, 1 })]
    [InlineData("mnasnet1_0", "layers.15.running_mean", "bn2.running_mean", new long[] { 1280 })]
    [InlineData("vgg11", "features.0.weight", "features.0.weight", new long[] { 64, 3, 3, 3 })]
    [InlineData("vgg11", "classifier.0.weight", "pre_logits.fc1.weight", new long[] { 4096, 512, 7, 7 })]
    [InlineData("vgg11", "classifier.3.weight", "pre_logits.fc2.weight", new long[] { 4096, 4096, 1, 1 })]
    [InlineData("vgg11", "classifier.3.bias", "pre_logits.fc2.bias", new long[] { 4096 })]
    [InlineData("vgg11", "classifier.6.weight", "head.fc.weight", new long[] { 10, 4096 })]
    [InlineData("swin_t", "features.0.0.weight", "patch_embed.proj.weight", new long[] { 96, 3, 4, 4 })]
    [InlineData("swin_t", "features.0.2.weight", "patch_embed.norm.weight", new long[] { 96 })]
    [InlineData("swin_t", "features.2.reduction.weight", "layers.1.downsample.reduction.weight", new long[] { 192, 384 })]
    [InlineData("swin_t", "features.6.norm.bias", "layers.3.downsample.norm.bias", new long[] { 1536 })]
    [InlineData("swin_t", "features.5.5.norm1.weight", "layers.2.blocks.5.norm1.weight", new long[] { 384 })]
    [InlineData("swin_t", "features.1.0.attn.relative_position_bias_table",
        "layers.0.blocks.0.attn.relative_position_bias_table", new long[] { 169, 3 })]
    [InlineData("swin_t", "features.7.1.attn.qkv.weight", "layers.3.blocks.1.attn.qkv.weight", new long[] { 2304, 768 })]
    [InlineData("swin_t", "features.7.1.mlp.3.weight", "layers.3.blocks.1.mlp.fc2.weight", new long[] { 768, 3072 })]
    [InlineData("swin_t", "norm.weight", "norm.weight", new long[] { 768 })]
    [InlineData("swin_t", "head.weight", "head.fc.weight", new long[] { 10, 768 })]
    [InlineData("regnet_y_400mf", "stem.0.weight", "stem.conv.weight", new long[] { 32, 3, 3, 3 })]
    [InlineData("regnet_y_400mf", "trunk_output.block1.block1-0.proj.0.weight",
        "s1.b1.downsample.conv.weight", new long[] { 48, 32, 1, 1 })]
    [InlineData("regnet_y_400mf", "trunk_output.block3.block3-4.f.a.1.bias", "s3.b5.conv1.bn.bias", new long[] { 208 })]
    [InlineData("regnet_y_400mf", "trunk_output.block3.block3-4.f.b.0.weight", "s3.b5.conv2.conv.weight", new long[] { 208, 8, 3, 3 })]
    [InlineData("regnet_y_400mf", "trunk_output.block3.block3-4.f.se.fc1.weight", "s3.b5.se.fc1.weight", new long[] { 52, 208, 1, 1 })]
    [InlineData("regnet_y_400mf", "fc.weight", "head.fc.weight", new long[] { 10, 440 })]
    [InlineData("densenet121", "features.denseblock1.denselayer2.norm1.weight",
        "features.denseblock1.denselayer2.norm1.weight", new long[] { 96 })]
    [InlineData("resnet50", "layer1.0.downsample.0.weight", "layer1.0.downsample.0.weight", new long[] { 256, 64, 1, 1 })]
    public void Names_and_shapes_of_timm(string model, string torchvision, string timm, long[] shape)
    {
        var original = Filled(ModelKeys.Of(model));
        var renamed = Conventions.ToTimm(model, original);
        renamed[timm].Shape.ShouldBe(shape);
        renamed[timm].Bytes.Equals(original[torchvision].Bytes).ShouldBeTrue();
    }

    [Fact]
    public void Timm_stores_no_table_that_follows_from_the_window()
    {
        Conventions.ToTimm("swin_t", Filled(ModelKeys.Of("swin_t"))).Keys.ShouldAllBe(k => !k.EndsWith("relative_position_index"));
    }

    [Theory]
    [InlineData("convnext_tiny", "features.2.1.weight", "downsample_layers.1.1.weight")]
    [InlineData("convnext_tiny", "features.5.8.block.3.weight", "stages.2.8.pwconv1.weight")]
    [InlineData("convnext_tiny", "features.0.0.weight", "downsample_layers.0.0.weight")]
    [InlineData("convnext_tiny", "classifier.2.bias", "head.bias")]
    [InlineData("swin_t", "features.2.reduction.weight", "layers.0.downsample.reduction.weight")]
    [InlineData("swin_t", "features.6.norm.weight", "layers.2.downsample.norm.weight")]
    [InlineData("swin_t", "head.weight", "head.weight")]
    [InlineData("vit_b_16", "encoder.layers.encoder_layer_3.mlp.3.weight", "encoder.layers.encoder_layer_3.mlp.linear_2.weight")]
    [InlineData("densenet121", "features.denseblock1.denselayer2.conv2.weight", "features.denseblock1.denselayer2.conv.2.weight")]
    [InlineData("densenet121", "features.transition1.norm.weight", "features.transition1.norm.weight")]
    public void Other_names_than_timms(string model, string torchvision, string other) =>
        Conventions.Of(model).Others[^1].Places(ModelKeys.Of(model).Select(k => k.Key))[torchvision].Name.ShouldBe(other);

    /// <summary>Tensors that all share one buffer, each from a place of its own.</summary>
    internal static StateDict Filled(IEnumerable<KeyValuePair<string, long[]>> keys)
    {
        var (state, at) = (new StateDict(), 0);
        foreach (var (key, shape) in keys)
            state.Add(key, new TensorData(TensorType.UInt8, shape, Buffer.AsMemory(at++, (int)shape.Aggregate(1L, (a, b) => a * b))));
        return state;
    }

    private static readonly byte[] Buffer = new byte[128 << 20];
}
