using System.Text.Json.Nodes;
using FineTune.Augment;
using FineTune.Data;
using FineTune.Ensemble;
using FineTune.Experiment;
using FineTune.Models;
using FineTune.Train;
using FineTune.Train.Sources;
using FineTune.Weights;
using static TorchSharp.torch;

namespace FineTune.Tests.Train;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
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
                Training = new ImageSource(new Loader(
                    experiment.Dataset.Split(SplitName.Train),
                    options,
                    Augmentations.Train(_tiny.Recipe.Augment, p.InputSize, p.ResizeTo)), experiment.Parts.Line, TorchSharp.torch.CPU),
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
        start.Keys.Where(n => !start[n].Bytes.Span.SequenceEqual(end[n].Bytes.Span))
            .ShouldBe(["linear.weight", "linear.bias"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("all")]
    [InlineData("cached")]
    [InlineData("averaged")]
    [InlineData("bfloat16")]
    [InlineData("lbfgs")]
    public void No_tensor_is_left_over_epochs_nor_at_the_end(string what)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers(); // what earlier tests left to the last net is not this run's
        var before = Tensor.TotalCount;
        var counts = new List<long>();
        var recipe = _tiny.Recipe with { Epochs = 4 };
        recipe = what switch
        {
            "cached" => recipe with { Trainable = "layer3", Cache = "1" },
            "averaged" => recipe with
            {
                Trainable = "layer3",
                Cache = "1",
                Optimizer = recipe.Optimizer.With("ema", 0.8).With("sam", 0.05).With("lookahead", 2),
            },
            "bfloat16" => recipe with { Precision = what },
            "lbfgs" => recipe with { Trainable = "head", Cache = "1", Head = new HeadOptions(), Optimizer = new NamedSpec(what) },
            _ => recipe,
        };
        _tiny.Start(recipe, _tiny.Folder("a"), listener: e =>
        {
            if (e is TrainEvent.EpochEnded)
                counts.Add(Tensor.TotalCount);
        });
        counts.Distinct().ShouldHaveSingleItem();
        (Tensor.TotalCount - before).ShouldBe(3 * Miscounted()); // the run's network, and two to open its result for the report

        // TorchSharp counts a parameter twice when it is made and once when it is freed.
        long Miscounted()
        {
            var count = Tensor.TotalCount;
            Zoo.Create(_tiny.Recipe.Model, classes: 3).Dispose();
            return Tensor.TotalCount - count;
        }
    }

    [Fact]
    public void A_thousand_steps_leave_memory_flat_native_and_managed()
    {
        const int Steps = 1000, First = 200;
        var recipe = _tiny.Recipe with { Epochs = Steps / TinyRun.StepsPerEpoch, Trainable = "layer3", Cache = "2", Snapshots = 0 };
        var (managed, native) = (new Dictionary<long, long>(), new Dictionary<long, long>());
        _tiny.Start(recipe, _tiny.Folder("a"), listener: e =>
        {
            if (e is not TrainEvent.Stepped { Step: First or Steps } stepped)
                return;
            managed[stepped.Step] = GC.GetTotalMemory(forceFullCollection: true);
            native[stepped.Step] = NativeMemory.InUse;
        });
        (managed[Steps] - managed[First]).ShouldBeLessThan(2 << 20);
        (native[Steps] - native[First]).ShouldBeLessThan(16 << 20);
    }

    [Fact]
    public void A_checkpoint_is_written_when_its_minutes_are_over()
    {
        var (time, written) = (new Clock(), new List<long>());
        using var experiment = FineTune.Experiment.Experiment.Prepare(
            _tiny.Recipe with { Epochs = 1, Snapshots = 0, Checkpoint = new CheckpointOptions { Minutes = 2 } }, _tiny.Folder("a"));
        var parts = experiment.Parts;
        parts.Folder.Create();
        new Trainer(parts, e =>
        {
            if (e is not TrainEvent.Stepped stepped)
                return;
            written.Add(JsonNode.Parse(WeightFile.Read(parts.Folder.Last).Metadata["train_state"])!["step"]!.GetValue<long>());
            time.Minutes++;
        }, time).Run(CancellationToken.None).ShouldBeTrue();
        written.ShouldBe([0, 0, 2, 2, 4]); // what is there after each of five steps, a minute apart
    }

    [Fact]
    public void A_stop_is_heard_while_the_cache_is_being_filled()
    {
        using var stop = new CancellationTokenSource();
        using var experiment = FineTune.Experiment.Experiment.Prepare(_tiny.Recipe with { Trainable = "head" }, _tiny.Folder("a"));
        experiment.Parts.Folder.Create();
        stop.Cancel();
        var trainer = new Trainer(experiment.Parts, _ => { }, TimeProvider.System);
        trainer.Run(stop.Token).ShouldBeFalse();
        trainer.State.Step.ShouldBe(0);
        File.Exists(experiment.Parts.Folder.Last).ShouldBeTrue();
    }

    [Fact]
    public void A_snapshot_has_the_weights_that_were_measured()
    {
        var folder = _tiny.Folder("a");
        var score = double.NaN;
        _tiny.Start(_tiny.Recipe with { Epochs = 2, Snapshots = 1, Optimizer = _tiny.Recipe.Optimizer.With("ema", 0.8) }, folder,
            listener: e => score = e is TrainEvent.EpochEnded ended ? ended.Validation.Nll : score);
        var session = new RunSession(folder.Path);
        session.Ensemble(MemberSelection.Parse("all"), null).Rows.Single().Alone.Nll.ShouldBe(score, 1e-6);
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_one_sentence_and_nothing_of_it_is_kept()
    {
        var folder = _tiny.Folder("a");
        var recipe = _tiny.Recipe with { Optimizer = new NamedSpec("sgd").With("lr", 1e30) };
        var message = Should.Throw<FineTuneException>(() => _tiny.Start(recipe, folder)).Message;
        message.ShouldMatch("^The loss is (NaN|∞|Infinity) at step 2, whose batch begins with '.*'; "
            + "norms of the gradient by stage are stem .*, head .*, and by layer in '.*'; lower the learning rate: "
            + "the last checkpoint is from before it\\.$");
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
        Should.Throw<FineTuneException>(() => _tiny.StartAndStop(recipe, folder, afterStep: 1))
            .Message.ShouldMatch("^The sum of the updated weights is .* at step 1, whose batch begins with");
        JsonNode.Parse(File.ReadAllText(folder.NotFinite))!["files"]!.AsArray().Count.ShouldBe(recipe.Batch);
        Finite(folder.Last).ShouldBeTrue();
    }

    public void Dispose() => _tiny.Dispose();

    private sealed class Clock : TimeProvider
    {
        public int Minutes { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => 60L * Minutes;
    }

    private static bool Finite(string file) => Checkpoint.WithoutState(WeightFile.Read(file))
        .Values.Where(t => t.Type == TensorType.Float32).SelectMany(t => t.ToFloats()).All(float.IsFinite);
}
