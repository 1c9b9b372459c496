using System.Text.Json.Nodes;
using FineTune.Ensemble;
using FineTune.Experiment;
using FineTune.Tests.Train;
using FineTune.Train;
using FineTune.Weights;

namespace FineTune.Tests.Experiment;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class TrainingRunTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Fact]
    public void A_finished_run_keeps_what_it_promises()
    {
        var folder = _tiny.Folder("a");
        var result = _tiny.Start(_tiny.Recipe, folder);
        RecipeFile.Write(RecipeFile.Read(folder.Recipe)).ShouldBe(RecipeFile.Write(_tiny.Recipe with { Layout = "channels_last" }));
        var manifest = JsonNode.Parse(File.ReadAllText(folder.Manifest))!;
        manifest["final_weights_sha256"]!.GetValue<string>().ShouldBe(result.FinalWeights);
        manifest["classes"]!.AsArray().Select(c => c!.GetValue<string>()).ShouldBe(["crab", "fish", "jellyfish"]);
        manifest["images"]!["train"]!.GetValue<int>().ShouldBe(36);

        var lines = File.ReadAllLines(folder.Metrics).Select(l => JsonNode.Parse(l)!).ToArray();
        lines.Select(l => l["epoch"]!.GetValue<int>()).ShouldBe([1, 2, 3]);
        lines.Select(l => l["step"]!.GetValue<int>()).ShouldBe([5, 10, 15]);
        lines[^1]["val_top1"]!.GetValue<double>().ShouldBe(result.Last!.Top1);
        lines[0]["best"]!.GetValue<bool>().ShouldBeTrue();

        folder.Snapshots.Select(Path.GetFileName).ShouldBe(["001.safetensors", "002.safetensors"]);
        foreach (var file in folder.Snapshots.Append(folder.Best).Append(folder.Last).Append(folder.Previous))
        {
            using var model = LoadedModel.Open(null, file); // says itself what it is of
            model.Classes.ShouldBe(["crab", "fish", "jellyfish"]);
            model.Network.Preprocessing.InputSize.ShouldBe(16);
        }

        Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories)
            .ShouldNotContain(f => f.EndsWith(".tmp") || f.EndsWith("next.safetensors"));
    }

    [Fact]
    public void Snapshots_of_a_schedule_without_cycles_are_said_to_be_at_even_distances()
    {
        string[] Notes(Recipe recipe)
        {
            using var experiment = FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder("a"));
            return [.. experiment.Notes.Where(n => n.Contains("no cycles", StringComparison.Ordinal))];
        }

        Notes(_tiny.Recipe).ShouldBeEmpty();
        Notes(_tiny.Recipe with { Schedule = new NamedSpec("one-cycle"), Snapshots = 0 }).ShouldBeEmpty();
        Notes(_tiny.Recipe with { Schedule = new NamedSpec("one-cycle") }).Single()
            .ShouldStartWith("The schedule one-cycle has no cycles: the 2 snapshots are taken at even distances");
    }

    [Theory]
    [InlineData("input.resize=0")]
    [InlineData("input.resize=24")]
    public void A_recipe_that_trains_is_usable(string setting)
    {
        var folder = _tiny.Folder("a");
        _tiny.Start(_tiny.Recipe with { Epochs = 1, Snapshots = 0 }, folder);
        RecipeDescription.Of(folder.Recipe, [setting]).RequireUsable();
    }

    [Fact]
    public void The_best_epochs_weights_are_the_best_ones()
    {
        var folder = _tiny.Folder("a");
        var result = _tiny.Start(_tiny.Recipe with { Epochs = 4, Snapshots = 0 }, folder);
        var session = new RunSession(folder.Path);
        using var model = session.OpenResult();
        var top1 = FineTune.Evaluate.Score.Of(session.Predict(model, session.Samples().Samples)).Top1;
        top1.ShouldBe(result.BestTop1);
        File.ReadLines(folder.Metrics).Max(l => JsonNode.Parse(l)!["val_top1"]!.GetValue<double>()).ShouldBe(result.BestTop1);
    }

    [Fact]
    public void A_resumed_run_has_each_epoch_once_in_its_metrics()
    {
        var (whole, folder) = (_tiny.Folder("whole"), _tiny.Folder("a"));
        _tiny.Start(_tiny.Recipe, whole);
        _tiny.StartAndStop(_tiny.Recipe, folder, 12);
        // told before it was saved, then killed
        File.AppendAllText(folder.Metrics, "{\"epoch\":3,\"step\":15,\"val_top1\":0}\n{\"epoch\":4,\"st");
        _tiny.Start(_tiny.Recipe, folder, resume: true);
        Lines(folder.Metrics).ShouldBe(Lines(whole.Metrics));

        static string[] Lines(string path) => [.. File.ReadLines(path).Select(l => JsonNode.Parse(l)!)
            .Select(l => $"{l["epoch"]} {l["step"]} {l["val_top1"]} {l["val_nll"]}")];
    }

    [Fact]
    public void A_folder_that_holds_another_run_is_refused_and_unchanged()
    {
        var folder = _tiny.Folder("a");
        _tiny.StartAndStop(_tiny.Recipe, folder, 2);
        var before = File.ReadAllBytes(folder.Last);
        Should.Throw<FineTuneException>(() => _tiny.Start(_tiny.Recipe, folder)).Message.ShouldContain("holds a run already");
        File.ReadAllBytes(folder.Last).ShouldBe(before);
    }

    [Fact]
    public void An_ensemble_of_a_runs_snapshots_is_scored_on_its_validation_images()
    {
        var folder = _tiny.Folder("a");
        _tiny.Start(_tiny.Recipe, folder);
        var report = new RunSession(folder.Path).Ensemble(MemberSelection.Parse("all"), split: null);
        report.Rows.Select(r => r.Name).ShouldBe(["001", "002"]);
        report.Ensemble.N.ShouldBe(15);
        (report.Split, report.ChosenOn).ShouldBe(("val", "val"));
    }

    [Fact]
    public void Starting_weights_fill_the_body_and_leave_a_new_head()
    {
        var first = _tiny.Folder("first");
        _tiny.Start(_tiny.Recipe, first);
        Directory.Delete(Path.Combine(_tiny.Data, "train", "crab"), recursive: true);
        Directory.Delete(Path.Combine(_tiny.Data, "val", "crab"), recursive: true);
        using var experiment = FineTune.Experiment.Experiment.Prepare(_tiny.Recipe with { Weights = first.Best }, _tiny.Folder("second"));
        var (body, weights) = (FineTune.Transfer.WeightLoader.Read(experiment.Parts.Network), WeightFile.Read(first.Best));
        body["conv1.weight"].Bytes.ToArray().ShouldBe(weights["conv1.weight"].Bytes.ToArray());
        body["linear.weight"].Shape.ShouldBe([2L, 64L]);
        Directory.Exists(_tiny.Folder("second").Path).ShouldBeFalse();
    }

    public void Dispose() => _tiny.Dispose();
}
