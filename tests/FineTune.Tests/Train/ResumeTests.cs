using System.Text.Json;
using FineTune.Experiment;
using FineTune.Train;
using FineTune.Weights;

namespace FineTune.Tests.Train;

/// <summary>A run that was stopped and taken up again is the run that was not.</summary>
[Collection(Serial.Name)]
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
        foreach (var (a, b) in whole.Snapshots.Append(whole.Best).Append(whole.Last).Zip(stopped.Snapshots.Append(stopped.Best).Append(stopped.Last)))
            File.ReadAllBytes(b).ShouldBe(File.ReadAllBytes(a), b);
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
            Should.Throw<FineTuneException>(() => _tiny.Start(_tiny.Recipe, folder, resume: true)).Message.ShouldStartWith("Another process is training the run in");
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
        Should.Throw<FineTuneException>(() => LoadedModel.Open(null, folder.Best)).Message.ShouldContain("does not have the bits that were written");
    }

    [Fact]
    public void A_run_whose_images_are_others_by_now_is_not_resumed()
    {
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        var one = Directory.GetFiles(_tiny.Data, "*.jpg", SearchOption.AllDirectories).First();
        File.Copy(one, one + ".jpg");
        Should.Throw<FineTuneException>(() => _tiny.Start(_tiny.Recipe, folder, resume: true)).Message.ShouldContain("are not those that the run in");
    }

    [Fact]
    public void A_run_that_is_resumed_with_other_threads_is_told_that_its_bits_may_differ()
    {
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        var told = new List<string>();
        _tiny.Start(_tiny.Recipe with { Threads = 2 }, folder, resume: true, e => told.AddRange(e is TrainEvent.ResumedElsewhere elsewhere ? [elsewhere.Difference] : []));
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
        var steps = new List<long>();
        var resumed = _tiny.Start(_tiny.Recipe, folder, resume: true, e =>
        {
            if (e is TrainEvent.Stepped stepped)
                steps.Add(stepped.Step);
        });
        steps[0].ShouldBe(6);
        resumed.FinalWeights.ShouldBe(expected.FinalWeights);
    }

    [Fact]
    public void What_cannot_be_read_never_takes_the_place_of_what_can()
    {
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        Damage(folder.Last, "truncated");
        using var experiment = FineTune.Experiment.Experiment.Prepare(_tiny.Recipe, folder);
        new Trainer(experiment.Parts, _ => { }, TimeProvider.System).Resume();
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
        Should.Throw<FineTuneException>(() => _tiny.Start(_tiny.Recipe, folder, resume: true)).Message.ShouldContain("previous.safetensors");
    }

    [Fact]
    public void A_checkpoint_of_another_optimizer_is_refused_and_not_overwritten()
    {
        var folder = _tiny.Folder("stopped");
        _tiny.StartAndStop(_tiny.Recipe, folder, 7);
        var before = File.ReadAllBytes(folder.Last);
        Should.Throw<FineTuneException>(() => _tiny.Start(_tiny.Recipe with { Optimizer = new NamedSpec("adam") }, folder, resume: true)).Message.ShouldContain("it is of another recipe");
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
