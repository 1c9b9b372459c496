using System.Text.Json.Nodes;
using FineTune.Weights;
using Microsoft.ML.OnnxRuntime;

namespace FineTune.Tests.Cli;

public sealed class ExportTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    [Fact]
    public void A_run_is_written_as_pth_with_the_bits_of_its_best_weights()
    {
        var path = Written("m.pth", "--format", "pth");
        var (written, best) = (WeightFile.Read(path), WeightFile.Read(Path.Combine(run.Folder, "checkpoints", "best.safetensors")));
        written.Keys.ShouldBe(best.Keys, ignoreOrder: true);
        foreach (var (name, values) in written)
        {
            values.Shape.ShouldBe(best[name].Shape);
            values.Bytes.ToArray().ShouldBe(best[name].Bytes.ToArray(), name);
        }

        File.ReadAllText(path + ".README.md").ShouldContain("torch.load(\"m.pth\", weights_only=True)");
    }

    [Fact]
    public void A_run_is_written_as_safetensors_that_name_their_model_and_classes()
    {
        var path = Written("m.safetensors", "--format", "safetensors");
        var written = WeightFile.Read(path);
        written.Metadata["arch"].ShouldBe("cifar_resnet20");
        written.Classes.ShouldBe(["ant", "bee"]);
        var own = Finetune.Run("predict", "--run", run.Folder, run.Photo, "--json");
        Finetune.Run("predict", "--weights", path, run.Photo, "--json").Out.ShouldBe(own.Out);
    }

    [Fact]
    public void An_ensemble_of_snapshots_is_written_as_one_graph()
    {
        var path = Written("m.onnx", "--format", "onnx", "--members", "last:2", "--tta", "flip", "--normalize-inside");
        using var session = new InferenceSession(path);
        session.OutputMetadata.Keys.ShouldBe(["probabilities"]);
        session.ModelMetadata.CustomMetadataMap["model"].ShouldBe("cifar_resnet20 + cifar_resnet20");
        session.ModelMetadata.CustomMetadataMap["classes"].ShouldBe("""["ant","bee"]""");
    }

    [Theory]
    [InlineData(2, "--softmax is for --format onnx", "--format", "pth", "--softmax")]
    [InlineData(2, "--members is for the snapshots of a run", "--format", "onnx", "--members", "all", "--weights", "attic")]
    [InlineData(2, "Give --run, or --weights", "--format", "onnx")]
    public void What_does_not_go_together_is_one_sentence(int code, string sentence, params string[] arguments)
    {
        var outcome = Finetune.Run(["export", "--out", Path.Combine(run.Folder, "none"), .. arguments]);
        (outcome.Code, outcome.Out).ShouldBe((code, string.Empty));
        outcome.Error.ShouldContain(sentence);
    }

    [Fact]
    public void An_existing_file_is_not_overwritten()
    {
        var path = run.File("kept.onnx", [1, 2, 3]);
        var outcome = Finetune.Run("export", "--run", run.Folder, "--format", "onnx", "--out", path);
        outcome.Code.ShouldBe(1);
        outcome.Error.ShouldContain("exists; nothing is overwritten");
        File.ReadAllBytes(path).ShouldBe([1, 2, 3]);
    }

    private string Written(string name, params string[] arguments)
    {
        var path = Path.Combine(Path.GetDirectoryName(run.Folder)!, name);
        var outcome = Finetune.Run(["export", "--run", run.Folder, "--out", path, "--json", .. arguments]);
        outcome.Code.ShouldBe(0, outcome.Error);
        JsonNode.Parse(outcome.Out)!["bytes"]!.GetValue<long>().ShouldBe(new FileInfo(path).Length);
        return path;
    }
}
