using FineTune.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Tests.Models;

/// <summary>The modules of the .NET package TorchVision take the zoo's state dicts, and compute the same.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class TorchVisionTests
{
    private const int Classes = ModelGoldens.Classes;

    private static readonly string[] Quick = // one of each kind of block; all where FINETUNE_TEST_LARGE is set
        ["alexnet", "googlenet", "inception_v3", "mobilenet_v2", "resnet18", "resnet50", "vgg11_bn"];

    public static TheoryData<string> Names =>
        [.. Environment.GetEnvironmentVariable("FINETUNE_TEST_LARGE") is null ? Quick : [.. Modules.Keys]];

    private static Dictionary<string, Func<nn.Module<Tensor, Tensor>>> Modules { get; } = new()
    {
        ["alexnet"] = () => torchvision.models.alexnet(Classes),
        ["googlenet"] = () => torchvision.models.googlenet(Classes),
        ["inception_v3"] = () => torchvision.models.inception_v3(Classes),
        ["mobilenet_v2"] = () => torchvision.models.mobilenet_v2(Classes),
        ["resnet18"] = () => torchvision.models.resnet18(Classes),
        ["resnet34"] = () => torchvision.models.resnet34(Classes),
        ["resnet50"] = () => torchvision.models.resnet50(Classes),
        ["resnet101"] = () => torchvision.models.resnet101(Classes),
        ["resnet152"] = () => torchvision.models.resnet152(Classes),
        ["vgg11"] = () => torchvision.models.vgg11(Classes),
        ["vgg11_bn"] = () => torchvision.models.vgg11_bn(Classes),
        ["vgg13"] = () => torchvision.models.vgg13(Classes),
        ["vgg13_bn"] = () => torchvision.models.vgg13_bn(Classes),
        ["vgg16"] = () => torchvision.models.vgg16(Classes),
        ["vgg16_bn"] = () => torchvision.models.vgg16_bn(Classes),
        ["vgg19"] = () => torchvision.models.vgg19(Classes),
        ["vgg19_bn"] = () => torchvision.models.vgg19_bn(Classes),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_module_of_TorchVision_takes_the_state_dict_and_gives_the_same_logits(string name)
    {
        using var ours = Zoo.Create(name, Classes);
        using var theirs = Modules[name]();
        ModelGoldens.Fill(ours);
        var (missing, unexpected) = theirs.load_state_dict(ours.state_dict(), strict: false);
        missing.ShouldAllBe(key => name == "inception_v3" && key.StartsWith("AuxLogits.", StringComparison.Ordinal)); // not used in eval
        unexpected.ShouldBeEmpty();
        ours.eval();
        theirs.eval();
        using var mode = inference_mode();
        using var images = ModelGoldens.Picture(name == "inception_v3" ? 128 : 64);
        using var expected = ours.call(images);
        using var found = theirs.call(images);
        var scale = expected.abs().max().item<float>();
        found.sub(expected).abs().max().item<float>().ShouldBeLessThan(1e-4f * scale);
    }
}
