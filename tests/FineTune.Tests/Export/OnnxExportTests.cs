using System.Text.Json.Nodes;
using FineTune.Export;
using FineTune.Export.Onnx;
using FineTune.Models;
using FineTune.Regularize;
using FineTune.Tests.Models;
using FineTune.Tests.Weights;
using FineTune.Transfer.Heads;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace FineTune.Tests.Export;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class OnnxExportTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public static TheoryData<string> Names => ZooTests.Made;

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_model_gives_the_same_logits_in_ONNX_Runtime(string name)
    {
        using var network = Zoo.Create(name, ModelGoldens.Classes);
        ModelGoldens.Fill(network);
        OnnxExport.Write(_scratch.File("m.onnx"), [network], null).ShouldBeLessThan(OnnxCheck.Tolerance);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("concat-pool")]
    [InlineData("cosine")]
    public void A_head_of_another_form_is_written_too(string form)
    {
        using var network = Small();
        HeadForm.Parse(form, 16).Install(network);
        OnnxExport.Write(_scratch.File("m.onnx"), [network], null).ShouldBeLessThan(OnnxCheck.Tolerance);
    }

    [Fact]
    public void Layers_that_draw_are_as_in_evaluation()
    {
        using var network = Small();
        Regularization.InstallHeadDropout(network, 0.5, DropoutForm.TestScaled); // halves the features
        Regularization.Install(network, new RegularizeOptions { DropConnect = 0.3, DropBlock = 0.2, StochasticDepth = 0.2 }, 1);
        OnnxExport.Write(_scratch.File("m.onnx"), [network], null).ShouldBeLessThan(OnnxCheck.Tolerance);
    }

    [Theory]
    [InlineData("resnet18", 0.0)] // as many outputs as the pool that it replaces
    [InlineData("resnet18", 1.6)]
    [InlineData("squeezenet1_1", 1.9)] // three pools, one after the other
    public void Fractional_pools_are_as_in_evaluation(string model, double ratio)
    {
        using var network = Zoo.Create(model, 3, size: 65);
        Regularization.Install(network, new RegularizeOptions { FractionalPool = true, PoolRatio = ratio }, 0);
        OnnxExport.Write(_scratch.File("m.onnx"), [network], null).ShouldBeLessThan(OnnxCheck.Tolerance);
    }

    [Theory]
    [InlineData(true, false, false, false, "logits")]
    [InlineData(false, true, false, false, "probabilities")]
    [InlineData(true, true, true, true, "probabilities")]
    public void What_goes_in_and_comes_out_is_chosen(bool inside, bool softmax, bool half, bool mirror, string output)
    {
        using var network = Small();
        var options = new OnnxOptions { NormalizeInside = inside, Softmax = softmax, Half = half, Mirror = mirror };
        OnnxExport.Write(_scratch.File("m.onnx"), [network], ["ant", "bee", "cat"], options);
        using var session = new InferenceSession(_scratch.File("m.onnx"));
        session.OutputMetadata.Keys.ShouldBe([output]);
        session.InputMetadata["images"].Dimensions.ShouldBe([-1, 3, 32, 32]);
        session.ModelMetadata.CustomMetadataMap["classes"].ShouldBe("""["ant","bee","cat"]""");
        var input = JsonNode.Parse(session.ModelMetadata.CustomMetadataMap["preprocessing"])!;
        input["normalized_inside"]!.GetValue<bool>().ShouldBe(inside);
        input["mean"]!.ToJsonString().ShouldBe("[0.485,0.456,0.406]");
        new FileInfo(_scratch.File("m.onnx")).Length.ShouldBeInRange(half ? 500_000 : 1_000_000, half ? 600_000 : 1_200_000);
    }

    [Fact]
    public void Members_of_an_ensemble_that_agree_in_their_lower_layers_share_them()
    {
        using var a = Small();
        using var b = Small();
        using (no_grad())
            b.Head.NamedParameters().First().Parameter.mul_(-2);
        OnnxExport.Write(_scratch.File("m.onnx"), [a, b], null).ShouldBeLessThan(OnnxCheck.Tolerance);
        var (one, two) =
            (OnnxExport.Describe([a], null, new OnnxOptions()).Graph, OnnxExport.Describe([a, b], null, new OnnxOptions()).Graph);
        two.Initializer.Count.ShouldBe(one.Initializer.Count + 1);
        two.Node.Count.ShouldBe(one.Node.Count + 4); // a matrix product, two softmax and a mean
    }

    [Fact]
    public void A_graph_with_other_results_is_refused()
    {
        using var a = Small();
        using var b = Small();
        using (no_grad())
            b.Head.NamedParameters().Last().Parameter.add_(0.01);
        var bytes = OnnxExport.Describe([a], null, new OnnxOptions()).ToByteArray();
        Should.Throw<FineTuneException>(() => OnnxCheck.Compare("m.onnx", bytes, [b], new OnnxOptions()))
            .Message.ShouldContain("'m.onnx' is not written: ONNX Runtime's results differ");
        Should.Throw<FineTuneException>(() => OnnxCheck.Compare("m.onnx", bytes[..^9], [a], new OnnxOptions()))
            .Message.ShouldContain("cannot run the graph");
    }

    [Fact]
    public void Members_that_take_another_input_are_refused()
    {
        using var a = Small();
        using var b = Small();
        b.Preprocessing = b.Preprocessing with { InputSize = 40 };
        Should.Throw<FineTuneException>(() => OnnxExport.Write(_scratch.File("m.onnx"), [a, b], null))
            .Message.ShouldContain("take the same input");
        b.Preprocessing = a.Preprocessing;
        b.ReplaceHead(4);
        Should.Throw<FineTuneException>(() => OnnxExport.Write(_scratch.File("m.onnx"), [a, b], null))
            .Message.ShouldContain("one has 3 and one 4");
    }

    [Fact]
    public void A_module_of_the_application_is_refused_and_nothing_is_written()
    {
        using var own = OwnModule.Create();
        Should.Throw<FineTuneException>(() => OnnxExport.Write(_scratch.File("m.onnx"), [own], null))
            .Message.ShouldContain("is a module of the application: what it computes cannot be written as ONNX");
        File.Exists(_scratch.File("m.onnx")).ShouldBeFalse();
    }

    private static Network Small()
    {
        var network = Zoo.Create("cifar_resnet20", 3);
        ModelGoldens.Fill(network);
        return network;
    }
}
