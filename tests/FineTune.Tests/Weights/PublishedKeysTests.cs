using FineTune.Weights;

namespace FineTune.Tests.Weights;

public sealed class PublishedKeysTests
{
    [Theory]
    [InlineData("densenet121", "features.denseblock1.denselayer2.norm.1.running_var", "features.denseblock1.denselayer2.norm1.running_var")]
    [InlineData("densenet121", "features.denseblock1.denselayer2.conv.2.weight", "features.denseblock1.denselayer2.conv2.weight")]
    [InlineData("densenet121", "features.transition1.norm.weight", "features.transition1.norm.weight")]
    [InlineData("vit_b_16", "encoder.layers.encoder_layer_3.mlp.linear_1.bias", "encoder.layers.encoder_layer_3.mlp.0.bias")]
    [InlineData("vit_b_16", "encoder.layers.encoder_layer_3.mlp.linear_2.weight", "encoder.layers.encoder_layer_3.mlp.3.weight")]
    [InlineData("googlenet", "aux2.fc1.weight", null)]
    [InlineData("inception_v3", "AuxLogits.conv0.conv.weight", null)]
    [InlineData("resnet18", "aux2.fc1.weight", "aux2.fc1.weight")]
    public void Keys_of_published_files_become_those_of_the_network(string model, string published, string? key)
    {
        var weights = new StateDict { Classes = ["ant", "bee"] };
        weights.Add(published, TensorData.From([1f], 1));

        var translated = PublishedKeys.Translate(model, weights);

        translated.Keys.ShouldBe(key is null ? [] : [key]);
        translated.Classes.ShouldBe(["ant", "bee"]);
    }
}
