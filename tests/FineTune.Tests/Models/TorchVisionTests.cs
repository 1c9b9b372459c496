using FineTune.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Tests.Models;

/// <summary>The modules of the .NET package TorchVision take the zoo's state dicts, and compute the same.</summary>
[Collection(Serial.Name)]
public sealed class TorchVisionTests
{
    private const int Classes = ModelGoldens.Classes;

    public static TheoryData<string> Names => [.. Modules.Keys];

    private static Dictionary<string, Func<nn.Module<Tensor, Tensor>>> Modules { get; } = new()
    {
        ["mobilenet_v2"] = () => torchvision.models.mobilenet_v2(Classes),
        ["resnet18"] = () => torchvision.models.resnet18(Classes),
        ["resnet50"] = () => torchvision.models.resnet50(Classes),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_module_of_TorchVision_takes_the_state_dict_and_gives_the_same_logits(string name)
    {
        using var ours = Zoo.Create(name, Classes);
        using var theirs = Modules[name]();
        ModelGoldens.Fill(ours);
        var (missing, unexpected) = theirs.load_state_dict(ours.state_dict());
        (missing.Count, unexpected.Count).ShouldBe((0, 0));
        ours.eval();
        theirs.eval();
        using var mode = inference_mode();
        using var images = ModelGoldens.Picture(64);
        using var expected = ours.call(images);
        using var found = theirs.call(images);
        var scale = expected.abs().max().item<float>();
        found.sub(expected).abs().max().item<float>().ShouldBeLessThan(1e-4f * scale);
    }
}
