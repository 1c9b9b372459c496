using System.Text.Json.Nodes;
using FineTune.Augment;
using FineTune.Data;
using FineTune.Experiment;
using FineTune.Train;
using FineTune.Train.Sources;
using FineTune.Weights;
using static TorchSharp.torch;

namespace FineTune.Tests.Train;

[Collection(Serial.Name)]
public sealed class TrainerTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Fact]
    public void Training_lowers_the_loss()
    {
        var losses = new List<double>();
        var recipe = _tiny.Recipe with { Augment = AugmentSpec.Of("none"), Head = new HeadOptions(), Epochs = 8, Snapshots = 0 };
        _tiny.Start(recipe, _tiny.Folder("a"), listener: e =>
        {
            if (e is TrainEvent.EpochEnded ended)
                losses.Add(ended.TrainLoss);
        });
        losses.Count.ShouldBe(8);
        losses[^1].ShouldBeLessThan(0.6 * losses[0]);
    }

    [Fact]
    public void The_same_recipe_gives_the_same_bits_and_another_seed_others()
    {
        var first = _tiny.Start(_tiny.Recipe, _tiny.Folder("a"));
        _tiny.Start(_tiny.Recipe, _tiny.Folder("b")).FinalWeights.ShouldBe(first.FinalWeights);
        _tiny.Start(_tiny.Recipe with { Seed = 1 }, _tiny.Folder("c")).FinalWeights.ShouldNotBe(first.FinalWeights);
    }

    [Fact]
    public void The_number_of_loader_threads_changes_no_bit()
    {
        var hashes = new[] { 1, 2, 5 }.Select(workers =>
        {
            using var experiment = FineTune.Experiment.Experiment.Prepare(_tiny.Recipe, _tiny.Folder($"w{workers}"));
            var p = experiment.Parts.Network.Preprocessing;
            var options = new LoaderOptions { BatchSize = 8, Shuffle = true, Workers = workers, Mean = p.Mean, Std = p.Std };
            var parts = experiment.Parts with
            {
                Training = new ImageSource(new Loader(experiment.Dataset.Split(SplitName.Train), options, Augmentations.Train(_tiny.Recipe.Augment, p.InputSize, p.ResizeTo)), experiment.Parts.Line, TorchSharp.torch.CPU),
            };
            parts.Folder.Create();
            new Trainer(parts, _ => { }, TimeProvider.System).Run(CancellationToken.None).ShouldBeTrue();
            return Manifest.HashWeights(parts.Vector);
        }).ToArray();
        hashes.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public void Only_the_head_moves_where_only_the_head_is_trainable()
    {
        var folder = _tiny.Folder("a");
        var recipe = _tiny.Recipe with { Trainable = "head" };
        using (var before = FineTune.Experiment.Experiment.Prepare(recipe, folder))
            Checkpoint.SaveWeights(Path.Combine(_tiny.Root, "before.safetensors"), before.Parts.Network, before.Dataset.Classes);
        _tiny.Start(recipe, folder);
        var (start, end) = (WeightFile.Read(Path.Combine(_tiny.Root, "before.safetensors")), WeightFile.Read(folder.Last));
        start.Keys.Where(n => !start[n].Bytes.Span.SequenceEqual(end[n].Bytes.Span)).ShouldBe(["linear.weight", "linear.bias"], ignoreOrder: true);
    }

    [Fact]
    public void Memory_is_flat_over_epochs_and_nothing_is_left_at_the_end()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers(); // what earlier tests left to the last net is not this run's
        var before = Tensor.TotalCount;
        var counts = new List<long>();
        _tiny.Start(_tiny.Recipe with { Epochs = 4 }, _tiny.Folder("a"), listener: e =>
        {
            if (e is TrainEvent.EpochEnded)
                counts.Add(Tensor.TotalCount);
        });
        counts.Distinct().ShouldHaveSingleItem();
        Tensor.TotalCount.ShouldBe(before);
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_one_sentence_and_nothing_of_it_is_kept()
    {
        var folder = _tiny.Folder("a");
        var recipe = _tiny.Recipe with { Optimizer = new NamedSpec("sgd").With("lr", 1e30) };
        var message = Should.Throw<FineTuneException>(() => _tiny.Start(recipe, folder)).Message;
        message.ShouldMatch("^The loss is (NaN|∞|Infinity) at step 2, whose batch begins with '.*'; norms of the gradient by stage are stem .*, head .*, and by layer in '.*'; lower the learning rate: the last checkpoint is from before it\\.$");
        var details = JsonNode.Parse(File.ReadAllText(folder.NotFinite))!;
        details["step"]!.GetValue<long>().ShouldBe(2);
        details["files"]!.AsArray().Count.ShouldBe(recipe.Batch);
        details["layers"]!.AsArray().Select(l => l!["name"]!.GetValue<string>()).ShouldContain("linear.weight");
        Finite(folder.Last).ShouldBeTrue();
        File.Exists(folder.Best).ShouldBeFalse();
    }

    [Theory]
    [InlineData(36, 1e30)] // the last step of an epoch goes wrong: its loss was finite, what comes of it is not
    [InlineData(36, 1e39)]
    [InlineData(18, 1e39)] // the middle
    public void Weights_that_are_not_finite_are_not_kept_either(int batch, double lr)
    {
        var folder = _tiny.Folder("a");
        var recipe = _tiny.Recipe with { Batch = batch, Snapshots = 1, Epochs = 1, Optimizer = new NamedSpec("sgd").With("lr", lr) };
        Should.Throw<FineTuneException>(() => _tiny.Start(recipe, folder)).Message.ShouldContain("learning rate");
        Finite(folder.Last).ShouldBeTrue();
        File.Exists(folder.Best).ShouldBeFalse();
        folder.Snapshots.ShouldAllBe(s => Finite(s));
    }

    [Fact]
    public void Stopping_after_a_step_to_infinity_keeps_the_last_checkpoint()
    {
        var folder = _tiny.Folder("a");
        var recipe = _tiny.Recipe with { Optimizer = new NamedSpec("sgd").With("lr", 1e39) };
        Should.Throw<FineTuneException>(() => _tiny.StartAndStop(recipe, folder, afterStep: 1)).Message.ShouldContain("not finite after step 1");
        Finite(folder.Last).ShouldBeTrue();
    }

    public void Dispose() => _tiny.Dispose();

    private static bool Finite(string file) => Checkpoint.WithoutState(WeightFile.Read(file)).Values.Where(t => t.Type == TensorType.Float32).SelectMany(t => t.ToFloats()).All(float.IsFinite);
}
