using FineTune.Export;
using FineTune.Models;
using FineTune.Transfer.Heads;

namespace FineTune.Tests.Export;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class ExportReadmeTests
{
    [Theory]
    [InlineData("squeezenet1_1", "linear", "torchvision.models.squeezenet1_1(num_classes=2).eval()")]
    [InlineData("googlenet", "linear", "torchvision.models.googlenet(num_classes=2, aux_logits=False, init_weights=False)")]
    [InlineData("mobilenet_v2", "mlp", "for your own module")] // torchvision's has another head
    [InlineData("cifar_resnet20", "linear", "for your own module")]
    [InlineData("cnn", "linear", "for your own module")]
    public void Python_is_told_of_torchvisions_model_where_it_has_it(string model, string head, string expected)
    {
        using var network = Zoo.Create(model, 2);
        HeadForm.Parse(head, 8).Install(network);
        var python = ExportReadme.OfWeights("m.pth", network, ["ant", "bee"], safetensors: false).Split('\n')
            .Single(l => l.StartsWith("Python"));
        python.ShouldContain(expected);
        python.Contains("torchvision.models").ShouldBe(expected.StartsWith("torchvision"));
    }
}
