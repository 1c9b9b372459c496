using System.Text.Json.Nodes;
using FineTune.Experiment;
using FineTune.Experiment.Reproduce;
using FineTune.Tests.Train;
using FineTune.Train;

namespace FineTune.Tests.Experiment;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class ReproductionTests : IDisposable
{
    private readonly TinyRun _tiny = new();
    private readonly RunFolder _run;
    private readonly string _weights;

    public ReproductionTests()
    {
        _weights = Path.Combine(_tiny.Root, "start.safetensors");
        using (var network = FineTune.Models.Zoo.Create("cifar_resnet20", 10, seed: 7))
            Checkpoint.SaveWeights(_weights, network, null);
        _run = _tiny.Folder("run");
        _tiny.Start(Short with { Weights = _weights }, _run);
    }

    private Recipe Short => _tiny.Recipe with { Epochs = 2, Snapshots = 1 };

    [Fact]
    public void A_run_comes_out_with_the_same_bits()
    {
        var again = Again();
        (again.Verdict, again.FirstStep, again.SameWeights).ShouldBe((Verdict.BitEqual, null, true));
        again.Differs.ShouldBeEmpty();
    }

    [Fact]
    public void A_resumed_run_does_too_also_after_it_has_moved_with_its_images()
    {
        var stopped = _tiny.Folder("stopped");
        _tiny.StartAndStop(Short, stopped, afterStep: 6);
        _tiny.Resume(stopped, []);
        var elsewhere = Directory.CreateDirectory(Path.Combine(_tiny.Root, "elsewhere")).FullName;
        TwoRuns.CopyFolder(stopped.Path, Path.Combine(elsewhere, "stopped"));
        TwoRuns.CopyFolder(_tiny.Data, Path.Combine(elsewhere, "data"));
        Directory.Delete(_tiny.Data, recursive: true);
        Again(new RunFolder(Path.Combine(elsewhere, "stopped"))).Verdict.ShouldBe(Verdict.BitEqual);
    }

    [Fact]
    public void An_image_that_changed_or_went_is_named_and_one_that_came_is_noted()
    {
        var (changed, gone) = (Image(0), Image(1));
        File.Copy(Image(2), changed, overwrite: true);
        File.Delete(gone);
        File.Copy(Image(3), Path.Combine(Path.GetDirectoryName(gone)!, "new.jpg"));
        var again = Again();
        (again.Verdict, again.FirstStep, again.SameWeights).ShouldBe((Verdict.Different, null, null));
        again.Differs.ShouldBe([Relative(gone), Relative(changed)]);
        again.Notes.ShouldContain(n => n.Contains("new.jpg", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("epochs: 2", "epochs: 3", "epochs")]
    [InlineData("  lr: 0.05", "  lr: 0.06", "optimizer.lr")]
    [InlineData("seed: 0", "seed: 1", "seed")]
    public void An_edited_recipe_is_named(string from, string to, string key)
    {
        Replace(_run.Recipe, from, to);
        var again = Again();
        (again.Verdict, again.SameWeights).ShouldBe((Verdict.Different, null));
        again.Differs.Distinct().ShouldBe([key]);
    }

    [Fact]
    public void Another_order_of_the_classes_is_named()
    {
        var images = JsonNode.Parse(File.ReadAllText(_run.Images))!;
        images["classes"] = new JsonArray([.. images["classes"]!.AsArray().Reverse().Select(c => c!.DeepClone())]);
        File.WriteAllText(_run.Images, images.ToJsonString());
        Again().Differs.ShouldBe(["classes"]);
    }

    [Fact]
    public void Other_starting_weights_are_named_and_missing_ones_said()
    {
        using (var network = FineTune.Models.Zoo.Create("cifar_resnet20", 10, seed: 8))
            Checkpoint.SaveWeights(_weights, network, null);
        Again().Differs.ShouldBe(["starting_weights"]);
        File.Delete(_weights);
        Should.Throw<FineTuneException>(() => Again()).Message.ShouldContain("are not there any more");
    }

    [Fact]
    public void Another_version_is_named_though_the_weights_are_the_same()
    {
        Manifest(m => (m["libtorch"], m["cpu_capability"]) = ("2.9.0", "VSX"));
        var again = Again();
        (again.Verdict, again.SameWeights).ShouldBe((Verdict.Different, true));
        again.Differs.ShouldBe(["libtorch", "cpu_capability"]);
    }

    [Fact]
    public void Other_weights_are_within_the_range_that_is_expected_or_not()
    {
        Manifest(m => m["final_weights_sha256"] = new string('0', 64));
        var again = Again();
        (again.Verdict, again.FirstStep, again.SameWeights).ShouldBe((Verdict.Different, 2 * TinyRun.StepsPerEpoch, false));
        Replace(_run.Recipe, "expect: {}", "expect: { val_top1: [0, 1], val_nll: [0, 100] }");
        again = Again();
        again.Verdict.ShouldBe(Verdict.WithinRange);
        again.Figures.Select(f => (f.Metric, f.Range.High)).ShouldBe([("val_top1", 1), ("val_nll", 100)]);
    }

    [Fact]
    public void Two_runs_part_at_the_step_after_their_learning_rates_do()
    {
        var recipe = _tiny.Recipe with { Epochs = 2, Snapshots = 0, Schedule = new NamedSpec("constant") };
        var (a, b) = (_tiny.Folder("constant"), _tiny.Folder("step"));
        _tiny.Start(recipe, a);
        _tiny.Start(recipe with { Schedule = new NamedSpec("step").With("every", "1 epochs").With("by", 0.1) }, b);
        var (first, second) = (StepLosses.Of(a), StepLosses.Of(b));
        first.Count.ShouldBe(2 * TinyRun.StepsPerEpoch);
        StepLosses.FirstDifference(first, second).ShouldBe(TinyRun.StepsPerEpoch + 2);
        StepLosses.FirstDifference(first, first).ShouldBeNull();
        second.Remove(3);
        StepLosses.FirstDifference(first, second).ShouldBe(3);
    }

    [Fact]
    public void A_recipe_is_held_against_what_it_expects()
    {
        var recipe = Short with { Snapshots = 0, Epochs = 1 };
        Should.Throw<FineTuneException>(() => Reproduction.Of(recipe, _tiny.Folder("none"), Train))
            .Message.ShouldContain("says nothing of what to expect");
        Held(new Interval(0, 1)).Verdict.ShouldBe(Verdict.WithinRange);
        var outside = Held(new Interval(1.5, 2));
        (outside.Verdict, outside.Differs.Single()).ShouldBe((Verdict.Different, "val_top1"));

        Reproduction Held(Interval range) => Reproduction.Of(
            recipe with { Expect = new ExpectOptions { Ranges = new Dictionary<string, Interval> { ["val_top1"] = range } } },
            _tiny.Folder(Guid.NewGuid().ToString()),
            Train);
    }

    [Fact]
    public void A_run_that_has_not_come_to_its_end_is_refused()
    {
        var stopped = _tiny.Folder("stopped");
        _tiny.StartAndStop(Short, stopped, afterStep: 3);
        Should.Throw<FineTuneException>(() => Again(stopped)).Message.ShouldContain("has not come to its end");
    }

    public void Dispose() => _tiny.Dispose();

    private static TrainingResult Train(FineTune.Experiment.Experiment experiment) => TrainingRun.Start(experiment);

    private Reproduction Again(RunFolder? run = null) => Reproduction.Of(run ?? _run, _tiny.Folder(Guid.NewGuid().ToString()), null, Train);

    private string Image(int k) =>
        Directory.GetFiles(Path.Combine(_tiny.Data, "train"), "*.jpg", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).ElementAt(k);

    private string Relative(string path) => Path.GetRelativePath(_tiny.Data, path).Replace('\\', '/');

    private void Manifest(Action<JsonObject> change)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(_run.Manifest))!.AsObject();
        change(manifest);
        File.WriteAllText(_run.Manifest, manifest.ToJsonString());
    }

    private static void Replace(string file, string from, string to)
    {
        var text = File.ReadAllText(file);
        text.ShouldContain(from);
        File.WriteAllText(file, text.Replace(from, to, StringComparison.Ordinal));
    }
}
