using System.Text.Json;
using FineTune.Experiment;
using FineTune.Train;
using FineTune.Weights;

namespace FineTune.Tests.Train;

/// <summary>A run that was stopped and taken up again is the run that was not.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class ResumeTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    [Theory]
    [InlineData("sgd", 1)]
    [InlineData("sgd", 3)]
    [InlineData("sgd", 5)] // the end of an epoch
    [InlineData("sgd", 8)] // the end of a cycle: a snapshot and a restart
    [InlineData("sgd", 14)] // one before the end
    [InlineData("adamw", 7)]
    public void A_run_stopped_at_any_step_ends_in_the_same_bits(string optimizer, int step)
    {
        var recipe = _tiny.Recipe with { Optimizer = _tiny.Recipe.Optimizer };
        if (optimizer == "adamw")
            recipe = recipe with { Optimizer = new NamedSpec("adamw").With("lr", 0.01) };
        var (whole, stopped) = (_tiny.Folder("whole"), _tiny.Folder("stopped"));
        var expected = _tiny.Start(recipe, whole);
        var half = _tiny.StartAndStop(recipe, stopped, step);
        (half.Finished, half.Step).ShouldBe((false, step));
        half.FinalWeights.ShouldNotBe(expected.FinalWeights);
        var resumed = _tiny.Start(recipe, stopped, resume: true);
        (resumed.Finished, resumed.Step, resumed.FinalWeights).ShouldBe((true, 15, expected.FinalWeights));
        (resumed.BestTop1, resumed.BestEpoch).ShouldBe((expected.BestTop1, expected.BestEpoch));
        stopped.Snapshots.Count.ShouldBe(2);
        foreach (var (a, b) in whole.Snapshots.Append(whole.Best).Append(whole.Last)
            .Zip(stopped.Snapshots.Append(stopped.Best).Append(stopped.Last)))
        {
            File.ReadAllBytes(b).ShouldBe(File.ReadAllBytes(a), b);
        }
    }

    /// <summary>
    /// What lies below the freeze line is folded and kept: from the weights of the checkpoint, not from those that a seed gives.
    /// </summary>
    [Theory]
    [InlineData("head")]
    [InlineData("layer3")]
    public void A_run_from_pretrained_weights_with_frozen_layers_ends_in_the_same_bits(string trainable)
    {
        var recipe = _tiny.Recipe with { Weights = "attic", Trainable = trainable };
        var expected = _tiny.Start(recipe, _tiny.Folder("whole"));
        _tiny.StartAndStop(recipe, _tiny.Folder("stopped"), 7);
        _tiny.Resume(_tiny.Folder("stopped"), []).FinalWeights.ShouldBe(expected.FinalWeights);
    }

    [Fact]
    public void A_run_stopped_again_and_again_ends_in_the_same_bits()
    {
        var expected = _tiny.Start(_tiny.Recipe, _tiny.Folder("whole"));
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 1);
        foreach (var step in new[] { 2, 6, 9, 10, 13 })
            _tiny.StartAndStop(_tiny.Recipe, folder, step, resume: true).Step.ShouldBe(step);
        _tiny.Start(_tiny.Recipe, folder, resume: true).FinalWeights.ShouldBe(expected.FinalWeights);
    }

    [Fact]
    public void A_resume_that_forgets_its_place_in_the_epoch_ends_in_other_bits()
    {
        // The negative control: were the claim above not measured, this would pass it too.
        var expected = _tiny.Start(_tiny.Recipe, _tiny.Folder("whole"));
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        Edit(folder.Last, s => s with { Step = TinyRun.StepsPerEpoch });
        _tiny.Start(_tiny.Recipe, folder, resume: true).FinalWeights.ShouldNotBe(expected.FinalWeights);
    }

    [Theory]
    [InlineData("optimizer.v")]
    [InlineData("bn1.running_mean")]
    public void A_resume_that_forgets_a_part_of_its_state_ends_in_other_bits(string tensor)
    {
        var expected = _tiny.Start(_tiny.Recipe, _tiny.Folder("whole"));
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        Edit(folder.Last, s => s, zeroed: tensor);
        _tiny.Start(_tiny.Recipe, folder, resume: true).FinalWeights.ShouldNotBe(expected.FinalWeights);
    }

    [Fact]
    public void A_run_that_is_being_trained_is_not_taken_up_by_another()
    {
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        using (folder.Hold())
        {
            Should.Throw<FineTuneException>(() => _tiny.Start(_tiny.Recipe, folder, resume: true))
                .Message.ShouldStartWith("Another process is training the run in");
        }
        _tiny.Start(_tiny.Recipe, folder, resume: true).Finished.ShouldBeTrue();
        File.Exists(Path.Combine(folder.Path, "lock")).ShouldBeFalse();
    }

    [Fact]
    public void A_bit_that_changed_in_the_best_weights_is_seen()
    {
        var folder = _tiny.Folder("a");
        _tiny.Start(_tiny.Recipe with { Epochs = 1, Snapshots = 0 }, folder);
        var bytes = File.ReadAllBytes(folder.Best);
        bytes[^3] ^= 1;
        File.WriteAllBytes(folder.Best, bytes);
        Should.Throw<FineTuneException>(() => LoadedModel.Open(null, folder.Best))
            .Message.ShouldContain("does not have the bits that were written");
    }

    [Fact]
    public void A_run_whose_images_are_others_by_now_is_not_resumed()
    {
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        var files = Directory.GetFiles(_tiny.Data, "*.jpg", SearchOption.AllDirectories);
        File.Copy(files[0], files[1], overwrite: true);
        Should.Throw<FineTuneException>(() => _tiny.Start(_tiny.Recipe, folder, resume: true)).Message
            .ShouldContain($"1 image is changed since the run was trained and not used: '{Path.GetRelativePath(_tiny.Data, files[1])}'. "
                + "Put them back");
        File.Delete(files[1]);
        Should.Throw<FineTuneException>(() => _tiny.Start(_tiny.Recipe, folder, resume: true))
            .Message.ShouldContain("1 image is not in the data folder any more");
    }

    [Fact]
    public void A_resumed_run_goes_on_with_its_own_images_whatever_has_come_to_the_folder()
    {
        var expected = _tiny.Start(_tiny.Recipe, _tiny.Folder("whole"));
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        var one = Directory.GetFiles(Path.Combine(_tiny.Data, "train"), "*.jpg", SearchOption.AllDirectories).First();
        File.Copy(one, one + ".jpg");
        using var experiment = FineTune.Experiment.Experiment.Resume(folder);
        experiment.Notes.ShouldBe([$"1 image is new in the data folder and not used: '{Path.GetRelativePath(_tiny.Data, one)}.jpg'."]);
        TrainingRun.Start(experiment).FinalWeights.ShouldBe(expected.FinalWeights);
    }

    [Fact]
    public void A_resume_needs_no_starting_weights_and_finds_images_that_moved_with_the_run()
    {
        var weights = Path.Combine(_tiny.Root, "weights.safetensors");
        _tiny.Start(_tiny.Recipe with { Epochs = 1, Snapshots = 0 }, _tiny.Folder("first"));
        File.Copy(_tiny.Folder("first").Best, weights);
        var recipe = _tiny.Recipe with { Weights = weights };
        var expected = _tiny.Start(recipe, _tiny.Folder("whole"));
        _tiny.StartAndStop(recipe, _tiny.Folder("stopped"), 7);
        File.Delete(weights);
        var moved = Directory.CreateDirectory(Path.Combine(_tiny.Root, "moved")).FullName;
        Directory.Move(_tiny.Data, Path.Combine(moved, "data"));
        Directory.Move(_tiny.Folder("stopped").Path, Path.Combine(moved, "stopped"));
        _tiny.Resume(new RunFolder(Path.Combine(moved, "stopped")), []).FinalWeights.ShouldBe(expected.FinalWeights);
        var (whole, resumed) = (Manifest.Of(_tiny.Folder("whole"))!, Manifest.Of(new RunFolder(Path.Combine(moved, "stopped")))!);
        foreach (var key in new[] { "starting_weights", "starting_weights_sha256", "final_weights_sha256" })
            ((string?)resumed[key]).ShouldNotBeNull().ShouldBe((string?)whole[key]);
        Directory.Move(Path.Combine(moved, "data"), _tiny.Data);
    }

    [Fact]
    public void A_recipe_that_was_changed_is_not_taken_up()
    {
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        var (recipe, last) = (File.ReadAllText(folder.Recipe), File.ReadAllBytes(folder.Last));
        File.WriteAllText(
            folder.Recipe,
            RecipeFile.Write(RecipeFile.Read(folder.Recipe, ["optimizer.lr=0.5", "batch=4", "seed=3", "epochs=9", "augment=none"])));
        var message = Should.Throw<FineTuneException>(() => _tiny.Resume(folder, [])).Message;
        foreach (var part in new[]
        {
            "optimizer.lr (0.05, now 0.5)", "batch (8, now 4)", "seed (0, now 3)", "epochs (3, now 9)", "augment (lecture, now none)",
            "--set epochs=N",
        })
        {
            message.ShouldContain(part);
        }
        message.ShouldNotContain("momentum");
        File.ReadAllBytes(folder.Last).ShouldBe(last);
        File.WriteAllText(folder.Recipe, recipe.Replace("cache_limit: 8", "cache_limit: 9", StringComparison.Ordinal)); // decides no weight
        _tiny.Resume(folder, []).Finished.ShouldBeTrue();
    }

    [Fact]
    public void A_run_is_lengthened_to_the_bits_of_one_that_was_as_long_from_its_start()
    {
        var recipe = _tiny.Recipe with { Schedule = new NamedSpec("constant"), Snapshots = 0 };
        var expected = _tiny.Start(recipe with { Epochs = 5 }, _tiny.Folder("whole"));
        var folder = _tiny.Folder("short");
        _tiny.Start(recipe, folder).Finished.ShouldBeTrue();
        using (var experiment = FineTune.Experiment.Experiment.Resume(folder, ["epochs=5"]))
        {
            experiment.Notes.ShouldHaveSingleItem().ShouldStartWith("The run goes on to 5 epochs in place of 3");
            TrainingRun.Start(experiment).FinalWeights.ShouldBe(expected.FinalWeights);
        }

        RecipeFile.Read(folder.Recipe).Epochs.ShouldBe(5);
        File.ReadAllBytes(folder.Last).ShouldBe(File.ReadAllBytes(_tiny.Folder("whole").Last));
        File.ReadLines(folder.Metrics).Count().ShouldBe(5);
        _tiny.Resume(folder, []).FinalWeights.ShouldBe(expected.FinalWeights);
    }

    [Theory]
    [InlineData("cosine", 7, 5, "follows the length of the run")]
    [InlineData("constant", 12, 2, "has trained 12 steps already")]
    public void A_run_whose_steps_would_have_been_others_is_not_lengthened(string schedule, int step, int epochs, string why)
    {
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe with { Schedule = new NamedSpec(schedule), Snapshots = 0 }, folder, step);
        Should.Throw<FineTuneException>(() => _tiny.Resume(folder, [$"epochs={epochs}"])).Message.ShouldContain(why);
        RecipeFile.Read(folder.Recipe).Epochs.ShouldBe(3);
    }

    [Fact]
    public void A_run_that_ended_before_its_schedule_began_to_fall_may_be_longer()
    {
        var recipe = _tiny.Recipe with { Schedule = new NamedSpec("step").With("every", "2 epochs"), Snapshots = 0 };
        var expected = _tiny.Start(recipe with { Epochs = 4 }, _tiny.Folder("whole"));
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(recipe, folder, 7);
        _tiny.Resume(folder, ["epochs=4"]).FinalWeights.ShouldBe(expected.FinalWeights);
    }

    [Fact]
    public void A_resumed_epochs_training_loss_is_of_all_its_images()
    {
        _tiny.Start(_tiny.Recipe, _tiny.Folder("whole"));
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        _tiny.Start(_tiny.Recipe, folder, resume: true);
        Losses(folder).ShouldBe(Losses(_tiny.Folder("whole")));

        static double[] Losses(RunFolder folder) =>
            [.. File.ReadLines(folder.Metrics).Select(l => (double)System.Text.Json.Nodes.JsonNode.Parse(l)!["train_loss"]!)];
    }

    [Fact]
    public void A_run_that_is_resumed_with_other_threads_is_told_that_its_bits_may_differ()
    {
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        var told = new List<string>();
        _tiny.Resume(folder, ["threads=2"], e => told.AddRange(e is TrainEvent.ResumedElsewhere elsewhere ? [elsewhere.Difference] : []));
        told.ShouldBe(["The run began with threads 1, here it is 2: the bits may differ."]);
    }

    [Fact]
    public void A_run_killed_before_its_report_gets_it_when_it_is_resumed()
    {
        var folder = _tiny.Folder("whole");
        var expected = _tiny.Start(_tiny.Recipe, folder);
        var report = Path.Combine(folder.Path, "report.html");
        File.Delete(report);
        var resumed = _tiny.Start(_tiny.Recipe, folder, resume: true);
        (resumed.Finished, resumed.FinalWeights).ShouldBe((true, expected.FinalWeights));
        File.Exists(report).ShouldBeTrue();
        resumed.Seconds.ShouldBeGreaterThan(0.5 * expected.Seconds);
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("empty")]
    [InlineData("garbled")]
    [InlineData("missing")] // killed between the two renames
    public void A_damaged_last_checkpoint_falls_back_to_the_one_before(string damage)
    {
        var expected = _tiny.Start(_tiny.Recipe, _tiny.Folder("whole"));
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7); // previous: step 5, last: step 7
        Damage(folder.Last, damage);
        var (steps, told) = (new List<long>(), new List<string>());
        var resumed = _tiny.Start(_tiny.Recipe, folder, resume: true, e =>
        {
            if (e is TrainEvent.ResumedElsewhere elsewhere)
                told.Add(elsewhere.Difference);
            if (e is TrainEvent.Stepped stepped)
                steps.Add(stepped.Step);
        });
        steps[0].ShouldBe(6);
        told.ShouldHaveSingleItem().ShouldContain("goes on from the one before it, after step 5");
        resumed.FinalWeights.ShouldBe(expected.FinalWeights);
    }

    [Fact]
    public void What_cannot_be_read_never_takes_the_place_of_what_can()
    {
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        Damage(folder.Last, "truncated");
        using var experiment = FineTune.Experiment.Experiment.Resume(folder);
        new Trainer(experiment.Parts, _ => { }, TimeProvider.System).Resume(experiment.Saved!);
        WeightFile.Read(folder.Last).Metadata["train_state"].ShouldContain("\"step\":5");
    }

    [Fact]
    public void A_run_killed_before_its_first_checkpoint_begins_anew()
    {
        var expected = _tiny.Start(_tiny.Recipe, _tiny.Folder("whole"));
        var folder = _tiny.Folder("killed");
        folder.Create();
        File.Copy(_tiny.Folder("whole").Recipe, folder.Recipe);
        _tiny.Start(_tiny.Recipe, folder, resume: true).FinalWeights.ShouldBe(expected.FinalWeights);
    }

    [Fact]
    public void Damaged_checkpoints_without_another_are_one_sentence()
    {
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        Damage(folder.Last, "truncated");
        Damage(folder.Previous, "garbled");
        Should.Throw<FineTuneException>(() => _tiny.Start(_tiny.Recipe, folder, resume: true))
            .Message.ShouldContain("previous.safetensors");
    }

    [Fact]
    public void A_checkpoint_of_another_optimizer_is_refused_and_not_overwritten()
    {
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        var before = File.ReadAllBytes(folder.Last);
        Should.Throw<FineTuneException>(() => _tiny.Resume(folder, ["optimizer={ name: adam }"]))
            .Message.ShouldContain("optimizer.name (sgd, now adam)");
        File.ReadAllBytes(folder.Last).ShouldBe(before);
    }

    public void Dispose() => _tiny.Dispose();

    private static void Damage(string file, string how)
    {
        var bytes = File.ReadAllBytes(file);
        switch (how)
        {
            case "truncated":
                File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
                break;
            case "empty":
                File.WriteAllBytes(file, []);
                break;
            case "garbled":
                bytes.AsSpan(0, 64).Fill((byte)'x');
                File.WriteAllBytes(file, bytes);
                break;
            default:
                File.Delete(file);
                break;
        }
    }

    private static void Edit(string file, Func<TrainState, TrainState> edit, string? zeroed = null)
    {
        var old = WeightFile.Read(file);
        var edited = new StateDict();
        foreach (var (name, values) in old)
            edited.Add(name, name == zeroed ? TensorData.From(new float[values.Count], [.. values.Shape]) : values);
        foreach (var (key, value) in old.Metadata)
            edited.Metadata[key] = value;
        var state = JsonSerializer.Deserialize(old.Metadata["train_state"], CheckpointJson.Default.TrainState)!;
        edited.Metadata["train_state"] = JsonSerializer.Serialize(edit(state), CheckpointJson.Default.TrainState);
        Checkpoint.Seal(edited);
        SafetensorsWriter.Write(file, edited);
    }
}
