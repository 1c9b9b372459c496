using System.Text.Json.Nodes;
using FineTune.Engine;
using FineTune.Experiment;
using FineTune.Models;
using FineTune.Tests.Models;
using FineTune.Tests.Train;
using FineTune.Tests.Weights;
using FineTune.Transfer;
using FineTune.Weights;
using static TorchSharp.torch;

namespace FineTune.Tests.Experiment;

/// <summary>Weights under another library's names, behind a prefix and beside other tensors, opened and trained from.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class ForeignWeightsTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly TinyRun _tiny = new();

    [Fact]
    public void Logits_of_timms_names_behind_a_prefix_are_the_networks_own()
    {
        const string Model = "mobilenet_v3_small";
        TorchEngine.Start(0);
        using var network = Zoo.Create(Model, ModelGoldens.Classes);
        ModelGoldens.Fill(network);
        network.eval();
        var file = new StateDict();
        foreach (var (name, values) in Conventions.ToTimm(Model, WeightLoader.Read(network)))
            file.Add("module.model." + name, values);
        file.Add("module.loss.weight", TensorData.From([1f], 1));
        SafetensorsWriter.Write(_scratch.File("timm.safetensors"), file);

        using var opened = LoadedModel.Open(Model, _scratch.File("timm.safetensors"));

        using var _ = no_grad();
        using var images = ModelGoldens.Picture(64);
        using var expected = network.call(images);
        using var found = opened.Network.call(images);
        found.data<float>().ToArray().ShouldBe(expected.data<float>().ToArray());
        opened.Notes.ShouldBe(
        [
            "The prefix 'module.' was taken off the weights' names.",
            "The prefix 'model.' was taken off the weights' names.",
            "The weights' names are timm's; they were read as torchvision's.",
            "timm's mobilenet_v3_small has batch norms of another eps (1e-5) than torchvision's, which is used: "
            + "results before training differ; --model mobilenet_v3_small_timm has timm's.",
            "Left out 1 tensor that the network does not have (loss.weight).",
        ]);
    }

    [Fact]
    public void A_run_says_what_was_done_to_its_weights_and_keeps_it()
    {
        var file = new StateDict();
        foreach (var (name, values) in Checkpointed())
        {
            file.Add("backbone." + name, values);
            file.Add("ema.backbone." + name, values);
        }

        SafetensorsWriter.Write(_scratch.File("two.safetensors"), file);
        var recipe = _tiny.Recipe with { Weights = _scratch.File("two.safetensors") };
        var folder = _tiny.Folder("a");
        _tiny.StartAndStop(recipe, folder, 2);
        string[] notes =
        [
            "The prefix 'backbone.' was taken off the weights' names.",
            "The weights are also there as ema.backbone; FILE#ema.backbone takes those.",
        ];
        Notes(folder).Take(2).ShouldBe(notes);

        _tiny.Start(recipe, folder, resume: true);
        Notes(folder).Take(2).ShouldBe(notes);

        static IEnumerable<string> Notes(FineTune.Train.RunFolder folder) =>
            JsonNode.Parse(File.ReadAllText(folder.Manifest))!["starting_weights_notes"]!.AsArray().Select(n => n!.GetValue<string>());
    }

    public void Dispose()
    {
        _scratch.Dispose();
        _tiny.Dispose();
    }

    private StateDict Checkpointed()
    {
        var folder = _tiny.Folder("before");
        _tiny.StartAndStop(_tiny.Recipe, folder, 2);
        return FineTune.Train.Checkpoint.WithoutState(WeightFile.Read(folder.Last));
    }
}
