using FineTune.Export;
using FineTune.Models;
using FineTune.Tests.Models;
using FineTune.Tests.Weights;

namespace FineTune.Tests.Export;

[Collection(Serial.Name)]
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
        OnnxExport.Write(_scratch.File("m.onnx"), [network], null).ShouldBeLessThan(1e-4);
    }
}
