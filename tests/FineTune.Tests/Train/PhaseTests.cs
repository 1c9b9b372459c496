using FineTune.Experiment;
using FineTune.Models;
using FineTune.Train;
using FineTune.Weights;

namespace FineTune.Tests.Train;

/// <summary>A run in parts that differ in what trains, by which rule and course.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class PhaseTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Fact]
    public void Each_phase_trains_what_it_says_and_no_more()
    {
        var changed = new List<string[]>();
        Dictionary<string, byte[]>? before = null;
        var folder = _tiny.Folder("a");
        var recipe = InTwo(_tiny.Recipe with { Epochs = 3, Snapshots = 0 });
        using var experiment = FineTune.Experiment.Experiment.Prepare(recipe, folder);
        TrainingRun.Start(experiment, TimeProvider.System, e =>
        {
            if (e is not TrainEvent.EpochEnded)
                return;
            var now = experiment.Parts.Network.state_dict().ToDictionary(t => t.Key, t => t.Value.cpu().bytes.ToArray());
            if (before is not null)
                changed.Add([.. now.Where(t => !t.Value.AsSpan().SequenceEqual(before[t.Key])).Select(t => t.Key)]);
            before = now;
        }, run => run(), CancellationToken.None);
        changed.Count.ShouldBe(2);
        changed[0].ShouldContain("layer3.0.conv1.weight"); // the third epoch's, in the second phase: layer3 and above
        changed[0].ShouldNotContain("layer2.0.conv1.weight");
        changed[1].ShouldContain("layer3.0.bn1.running_mean");
        changed[1].ShouldNotContain("layer2.0.bn1.running_mean");
        WeightFile.Read(folder.Last).Metadata["train_state"].ShouldContain("\"phase\":1");
    }

    [Theory]
    [InlineData("two", 3)]
    [InlineData("two", 5)] // the end of the first phase
    [InlineData("two", 6)]
    [InlineData("two", 12)]
    [InlineData("gradual", 4)]
    [InlineData("gradual", 5)]
    [InlineData("gradual", 11)]
    [InlineData("back", 8)] // the second phase freezes what the first one trained
    public void A_run_stopped_in_any_phase_ends_in_the_same_bits(string kind, int step)
    {
        var recipe = Recipe(kind);
        var (whole, stopped) = (_tiny.Folder("whole"), _tiny.Folder("stopped"));
        var expected = _tiny.Start(recipe, whole);
        var half = _tiny.StartAndStop(recipe, stopped, step);
        (half.Finished, half.Step).ShouldBe((false, step));
        var resumed = _tiny.Start(RecipeFile.Read(stopped.Recipe), stopped, resume: true);
        (resumed.Finished, resumed.Step, resumed.FinalWeights).ShouldBe((true, 15, expected.FinalWeights));
        foreach (var (a, b) in whole.Snapshots.Append(whole.Best).Append(whole.Last)
            .Zip(stopped.Snapshots.Append(stopped.Best).Append(stopped.Last)))
        {
            File.ReadAllBytes(b).ShouldBe(File.ReadAllBytes(a), b);
        }
    }

    [Fact]
    public void A_phase_forgotten_at_resume_ends_in_other_bits()
    {
        // The negative control: another rule's learning rate from the same place.
        var expected = _tiny.Start(Recipe("two"), _tiny.Folder("whole"));
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(Recipe("two"), folder, 7);
        Directory.CreateDirectory(Path.Combine(_tiny.Folder("kept").Path, "checkpoints"));
        File.Copy(folder.Last, _tiny.Folder("kept").Last);
        var other = Recipe("two") with { Phases = [.. Recipe("two").Phases.Select(p => p with { LrScale = 1 })] };
        GoOn(other).ShouldNotBe(expected.FinalWeights);
        GoOn(Recipe("two")).ShouldBe(expected.FinalWeights);

        string GoOn(Recipe recipe)
        {
            using var experiment = FineTune.Experiment.Experiment.Prepare(recipe, folder);
            var trainer = new Trainer(experiment.Parts, _ => { }, TimeProvider.System, experiment.Open);
            trainer.Resume(SavedState.Newest(_tiny.Folder("kept"))!);
            trainer.Run(CancellationToken.None).ShouldBeTrue();
            return Manifest.HashWeights(experiment.Parts.Vector);
        }
    }

    [Fact]
    public void Unfreezing_goes_from_the_head_down_to_the_line()
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        var recipe = _tiny.Recipe with { Unfreeze = 2, Trainable = "layer2", Epochs = 9 };
        var phases = Phase.Of(recipe, network);
        phases.Select(p => p.Trainable).ShouldBe(["head", "layer3", "layer2"]);
        phases.Select(p => p.Epochs).ShouldBe([2, 2, 5]);
        phases.Select(p => p.FirstEpoch).ShouldBe([0, 2, 4]);
        phases.ShouldAllBe(p => !p.OwnSchedule && p.ScheduleEpoch == 0); // one course over the whole run
        Should.Throw<FineTuneException>(() => Phase.Of(recipe with { Epochs = 4 }, network))
            .Message.ShouldContain("takes 4 epochs before all train, but the run has 4");
    }

    [Theory]
    [InlineData("last-1", "head")]
    [InlineData("last-2", "layer3")]
    [InlineData("last-5", "stem")]
    public void The_last_stages_are_those_that_have_parameters(string trainable, string stage)
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        network.Stages[FineTune.Transfer.FreezeLine.Parse(network, trainable).Stage].Name.ShouldBe(stage);
    }

    [Theory]
    [InlineData("last-0")]
    [InlineData("last-6")]
    [InlineData("last-x")]
    public void Stages_that_are_not_there_are_one_sentence(string trainable)
    {
        using var network = Zoo.Create("cifar_resnet20", 3);
        Should.Throw<FineTuneException>(() => FineTune.Transfer.FreezeLine.Parse(network, trainable))
            .Message.ShouldContain("last-1 (the head) to last-5 (all)");
    }

    [Theory]
    [InlineData("phases=[{ epochs: 2 }, { epochs: 2 }]", "epochs=5", "last 4 epochs, but the run has 5")]
    [InlineData(
        "phases=[{ epochs: 5 }, { trainable: all }]", "epochs=5", "last 5 epochs beside the one that has the rest, but the run has 5")]
    [InlineData("phases=[{ trainable: head }, { trainable: all }]", "epochs=5", "2 of the recipe's phases leave out their epochs")]
    [InlineData("phases=[{ epochs: 0 }, {}]", "epochs=5", "phases' epochs is 0; at least 1")]
    [InlineData("phases=[{ epochs: 1, trainabel: head }]", "seed=1", "did you mean 'trainable'")]
    [InlineData("phases=[{ epochs: 1 }]", "unfreeze=1", "both say when what trains")]
    [InlineData("phases=head", "seed=1", "a list of maps")]
    public void Phases_that_cannot_be_are_one_sentence(string phases, string other, string sentence) =>
        Should.Throw<FineTuneException>(() => RecipeFile.Read(null, ["data=x", "model=resnet18", phases, other]))
            .Message.ShouldContain(sentence);

    [Theory]
    [InlineData("{ optimizer: { name: adamww } }", "did you mean 'adamw'")]
    [InlineData("{ optimizer: { name: sgd, slice: 10, layer_decay: 0.5 } }", "give one of them")]
    [InlineData("{ schedule: { name: cosine, warmup: 99 epochs } }", "leaves none of")]
    public void A_later_phase_that_cannot_be_is_said_before_anything_is_trained(string second, string sentence)
    {
        var recipe = RecipeFile.Read(
            null, [$"data='{_tiny.Data}'", "model=cifar_resnet20", "epochs=3", $"phases=[{{ trainable: head, epochs: 1 }}, {second}]"]);
        Should.Throw<FineTuneException>(() => FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder("a")))
            .Message.ShouldContain(sentence);
    }

    [Fact]
    public void A_schedule_takes_no_factor_from_a_plateau_that_another_phase_had() =>
        new FineTune.Optimize.Schedules.Course(_ => 0.5).Factor(3, new FineTune.Optimize.Schedules.PlateauState(0.01, 0.3, 0, 0))
            .ShouldBe(0.5);

    [Fact]
    public void Stochastic_layers_are_those_of_the_phase_that_trains_most_whatever_batch_norms_do()
    {
        var recipe = _tiny.Recipe with { Unfreeze = 1, BatchNorm = "train", Regularize = new() { StochasticDepth = 0.2 } };
        using var run = FineTune.Experiment.Experiment.Prepare(recipe with { Epochs = 9 }, _tiny.Folder("a"));
        FineTune.Regularize.StochasticLayer.In(run.Parts.Network).Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_run_keeps_the_rates_that_its_recipe_left_to_the_rules()
    {
        _tiny.StartAndStop(_tiny.Recipe with { Optimizer = new NamedSpec("sgd") }, _tiny.Folder("a"), 1);
        File.ReadAllText(_tiny.Folder("a").Recipe).ShouldContain("lr: 0.1");
    }

    [Fact]
    public void Phases_are_written_and_read_again()
    {
        var recipe = RecipeFile.Read("fine-tune", ["data=x", "model=resnet18", "epochs=9"]);
        recipe.Phases.Select(p => p.Epochs).ShouldBe([1, null]);
        recipe.Epochs.ShouldBe(9);
        var path = Path.Combine(_tiny.Root, "recipe.yaml");
        File.WriteAllText(path, RecipeFile.Write(recipe));
        RecipeFile.Write(RecipeFile.Read(path)).ShouldBe(RecipeFile.Write(recipe));
    }

    public void Dispose() => _tiny.Dispose();

    private static Recipe InTwo(Recipe recipe) => recipe with
    {
        Phases =
        [
            new PhaseOptions { Trainable = "head", Epochs = 1, Schedule = new NamedSpec("one-cycle") },
            new PhaseOptions
            {
                Trainable = "layer3",
                LrScale = 0.5,
                Optimizer = new NamedSpec("adamw").With("lr", 0.01).With("ema", 0.8),
                Schedule = new NamedSpec("snapshot"),
            },
        ],
    };

    private Recipe Recipe(string kind) => kind switch
    {
        "two" => InTwo(_tiny.Recipe),
        "gradual" => _tiny.Recipe with { Unfreeze = 1, Trainable = "layer2" },
        _ => _tiny.Recipe with
        {
            Phases = [new PhaseOptions { Trainable = "all", Epochs = 1 }, new PhaseOptions { Trainable = "layer3", Epochs = 2 }],
        },
    };
}
