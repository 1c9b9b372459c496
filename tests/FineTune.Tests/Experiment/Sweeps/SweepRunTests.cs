using FineTune.Data;
using FineTune.Experiment;
using FineTune.Experiment.Sweeps;
using FineTune.Experiment.Sweeps.Engines;
using FineTune.Tests.Train;
using FineTune.Train;

namespace FineTune.Tests.Experiment.Sweeps;

/// <summary>Whole sweeps in this process, on a few small drawings.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class SweepRunTests : IDisposable
{
    private const string Grid = "over:\n  optimizer.lr: [0.002, 0.05]\n  trainable: [head, all]\n";
    private readonly TinyRun _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void A_grid_is_trained_and_the_table_says_what_its_runs_say()
    {
        var results = Run("grid", Grid);

        results.IsDone.ShouldBeTrue();
        results.Rows.Count.ShouldBe(4);
        results.Rows.ShouldAllBe(r => r.Status == ConfigurationStatus.Finished && r.Epochs == 3);
        results.Epochs.ShouldBe(12);
        results.Rows.Select(r => r.Top1!.Mean).ShouldBeInOrder(SortDirection.Descending);
        foreach (var row in results.Rows)
        {
            var summary = RunSummary.Read(Folder("grid").Run(row.Tasks.Single().Number).Path);
            (row.Top1!.Mean, row.Nll).ShouldBe((summary.Top1, summary.Nll));
            row.Top1.Interval.ShouldBe(summary.Interval);
            var lr = OptionReader.Text(summary.Recipe.Optimizer.Options["lr"]);
            row.Settings.ShouldBe([$"optimizer.lr={lr}", $"trainable={summary.Recipe.Trainable}"]);
            summary.Recipe.Seed.ShouldBe(0);
        }

        results.Rows.Skip(1).ShouldAllBe(r => r.PValue != null && r.AdjustedP >= r.PValue && r.Behind!.Interval != null);
        results.Leader!.PValue.ShouldBeNull();
    }

    [Fact]
    public void A_second_sweep_and_one_that_was_stopped_again_and_again_have_the_same_results()
    {
        _ = Run("once", Grid);
        var folder = Plan("stopped", Grid);
        for (var k = 1; k <= 4; k++)
        {
            using var stop = new CancellationTokenSource();
            var steps = 0;
            var engine = new Stopping(() => ++steps == 4 * k ? stop : null);
            Should.Throw<OperationCanceledException>(() => SweepRun.Start(folder, engine, stop: stop.Token));
        }

        _ = SweepRun.Start(folder, new InThisProcess());
        File.ReadAllText(folder.Results).ShouldBe(File.ReadAllText(Folder("once").Results));
    }

    [Fact]
    public void Halving_trains_the_best_to_the_bits_of_the_whole_grid_and_leaves_the_others()
    {
        var grid = Run("whole", Grid + "set: { epochs: 4 }\n");
        var halved = Run("halved", Grid + "set: { epochs: 4 }\nhalving: { keep: 2, first: 1 }\n");

        var finished = halved.Rows.Where(r => r.Status == ConfigurationStatus.Finished).ToArray();
        finished.Length.ShouldBe(1);
        halved.Rows.Count(r => r.Status == ConfigurationStatus.LeftBehind).ShouldBe(3);
        foreach (var row in finished)
            row.FinalWeights.ShouldBe(grid.Rows.Single(r => r.Configuration == row.Configuration).FinalWeights);
        halved.Rows.Select(r => r.Epochs).ShouldBe([4, 2, 1, 1]);
        (halved.Epochs, halved.AllEpochs).ShouldBe((8, 16));
        // After an epoch of the same schedule, the two left behind were not better.
        double After(int configuration) => (double)MetricsFile.Lines(Folder("whole").Run(configuration))[0]["val_top1"]!;
        halved.Rows.Skip(2).Max(r => After(r.Configuration))
            .ShouldBeLessThanOrEqualTo(halved.Rows.Take(2).Min(r => After(r.Configuration)));
    }

    [Fact]
    public void Hyperband_chooses_in_each_bracket_and_the_best_of_all_leads()
    {
        var results = Run("hyperband", "over: { optimizer.lr: { from: 0.002, to: 0.1, scale: log } }\nsearch: random\n"
            + "set: { epochs: 4 }\nhyperband: { keep: 2, first: 1 }\n");

        // 4 epochs at most, halved: 4 runs from 1 epoch on, 3 from 2 on, and 3 to their end
        results.Rows.OrderBy(r => r.Configuration).Select(r => r.Epochs).Chunk(4).Select(c => string.Join(' ', c.Order()))
            .First().ShouldBe("1 1 2 4");
        results.Rows.Count(r => r.Status == ConfigurationStatus.Finished).ShouldBe(5);
        results.Rows.Count(r => r.Status == ConfigurationStatus.LeftBehind).ShouldBe(5);
        (results.Epochs, results.AllEpochs).ShouldBe((28, 40));
        var finished = results.Rows.Where(r => r.Status == ConfigurationStatus.Finished).Select(r => r.Top1!.Mean).ToArray();
        results.Leader!.Top1!.Mean.ShouldBe(finished.Max());
    }

    [Fact]
    public void A_configuration_that_diverges_is_last_with_its_reason_and_the_others_go_on()
    {
        var results = Run("diverges", "over: { optimizer.lr: [1e30, 0.05] }\n");

        results.Rows[0].Status.ShouldBe(ConfigurationStatus.Finished);
        results.Rows[1].Status.ShouldBe(ConfigurationStatus.Failed);
        results.Rows[1].Failure.ShouldNotBeNull();
        results.Rows[1].Failure!.ShouldContain("lower the learning rate");
        results.Rows[1].Failure!.ShouldNotContain(Folder("diverges").Path);
        SweepRun.Retry(Folder("diverges"));
        Directory.GetFiles(Path.Combine(Folder("diverges").Path, "failed")).ShouldBeEmpty();
    }

    [Fact]
    public void Seeds_are_runs_of_a_configuration_and_are_compared_in_pairs()
    {
        var results = Run("seeds", "seeds: 3\nover: { trainable: [head, all] }\n");

        foreach (var row in results.Rows)
        {
            row.Tasks.Select(t => t.Replicate).ShouldBe(["seed 0", "seed 1", "seed 2"]);
            var scores = row.Tasks.Select(t => RunSummary.Read(Folder("seeds").Run(t.Number).Path)).ToArray();
            scores.Select(s => s.Recipe.Seed).ShouldBe([0, 1, 2]);
            scores.ShouldAllBe(s => s.Recipe.SplitSeed == 0);
            row.Top1!.Mean.ShouldBe(scores.Average(s => s.Top1), 1e-15);
            row.FinalWeights.Distinct().Count().ShouldBe(3);
        }

        results.Rows[1].Behind!.Mean.ShouldBe(results.Rows[0].Top1!.Mean - results.Rows[1].Top1!.Mean, 1e-12);
        results.Rows[1].PValue.ShouldNotBeNull();
        results.Test.ShouldBeNull(); // there are no test images
    }

    [Fact]
    public void Folds_are_validated_on_in_turn_and_the_folders_own_validation_images_are_measured_on_once()
    {
        var results = Run("folds", "folds: 3\nover: { optimizer.lr: [0.05, 0.002] }\n");
        results.Leader!.Configuration.ShouldBe(2); // not the first: that measuring the first would be seen

        var images = results.Rows[0].Tasks.Select(t => RunImages.Read(Folder("folds").Run(t.Number))!).ToArray();
        images.SelectMany(i => i.Of(SplitName.Validation)).Select(i => i.Path).Order(StringComparer.Ordinal).ShouldBe(
            images[0].Of(SplitName.All).Where(i => i.Split != SplitName.Test).Select(i => i.Path).Order(StringComparer.Ordinal));
        results.Test.ShouldNotBeNull();
        (results.Test.Images, results.Test.Top1.Count, results.Test.Configuration).ShouldBe((15, 3, 2));
        foreach (var task in results.Plan.Tasks)
        {
            File.Exists(Folder("folds").Run(task.Number).TestOpened).ShouldBe(task.Configuration == results.Leader.Configuration);
        }

        var overlap = images[0].Of(SplitName.Validation).Count() / (double)images[0].Of(SplitName.Train).Count();
        results.Test.Overlap.ShouldBe(overlap);
        var before = File.ReadAllText(Folder("folds").Test);
        SweepRun.Start(Folder("folds"), new InThisProcess()).Test.ShouldNotBeNull();
        File.ReadAllText(Folder("folds").Test).ShouldBe(before);
        File.ReadLines(Folder("folds").Run(results.Leader.Tasks[0].Number).TestOpened).Count().ShouldBe(1);
        File.WriteAllText(Folder("folds").Test, before.Replace("\"configuration\": 2", "\"configuration\": 1", StringComparison.Ordinal));
        var other = SweepRun.Start(Folder("folds"), null);
        other.Notes.Single().ShouldStartWith("The test images were measured on before for configuration 1, which led then");
        File.ReadAllText(Folder("folds").Report).ShouldNotContain("which were measured on once");
    }

    [Fact]
    public void What_a_command_left_that_was_killed_as_it_planned_is_taken_up()
    {
        var spec = Spec("seeds: 2\n");
        Directory.CreateDirectory(Path.Combine(Folder("killed").Path, "locks"));
        File.WriteAllText(Folder("killed").Base, "half");
        File.WriteAllText(Folder("killed").Plan + ".123.tmp", "{");
        SweepPlan.Of(spec).Keep(Folder("killed"), spec);
        SweepPlan.Read(Folder("killed")).Tasks.Count.ShouldBe(2);
        SweepPlan.RecipeOf(Folder("killed"), SweepPlan.Read(Folder("killed")).Tasks[0]).Epochs.ShouldBe(3);
        Directory.GetFiles(Folder("killed").Path, "*.tmp").ShouldBeEmpty();
    }

    [Fact]
    public void A_process_that_dies_is_started_anew_and_after_three_times_its_run_has_failed()
    {
        var folder = Plan("dies", "seeds: 1\n");
        var begun = Path.Combine(_tiny.Root, "begun");
        string[] command = ["sh", "-c", $"echo once >>{begun}; echo out of luck >&2; kill -9 $$"];
        var results = SweepRun.Start(folder, new LocalProcesses(command, 1, 1));
        results.Rows.Single().Failure.ShouldBe("Its process ended 3 times before its time, at last by signal 9; it said last: out of luck");
        File.ReadAllLines(begun).Length.ShouldBe(3);
        using (folder.TryHold(1))
            TaskRun.TryFail(folder, new SweepWork(1, 0), "no").ShouldBeFalse(); // another process is at it
        SweepRun.Retry(folder);
        TaskRun.Start(folder, 1).ShouldBe(TaskOutcome.Done);
        TaskRun.TryFail(folder, new SweepWork(1, 0), "no").ShouldBeTrue();
        File.Exists(folder.Failure(1)).ShouldBeFalse(); // it had come to its end
    }

    [Theory]
    [InlineData("", 1, true)]
    [InlineData("set: { threads: 2 }", 2, false)]
    [InlineData("over: { threads: [1, 3] }", 3, false)]
    public void Each_run_has_one_thread_unless_the_recipe_says_otherwise(string yaml, int threads, bool said)
    {
        var spec = Spec(yaml);
        if (yaml.Length == 0)
            spec.Base.Remove("threads");
        var plan = SweepPlan.Of(spec);
        plan.Threads.ShouldBe(threads);
        plan.Notes.Any(n => n.StartsWith("Each run has 1 thread", StringComparison.Ordinal)).ShouldBe(said);
        plan.Keep(Folder("threads"), spec);
        SweepPlan.RecipeOf(Folder("threads"), plan.Tasks[^1]).Threads.ShouldBe(threads);
    }

    [Fact]
    public void A_task_that_another_process_is_at_is_let_alone()
    {
        var folder = Plan("held", "seeds: 2\n");
        using (folder.TryHold(1))
        {
            TaskRun.Start(folder, 1).ShouldBe(TaskOutcome.Held);
            Directory.Exists(folder.Run(1).Path).ShouldBeFalse();
            TaskRun.Start(folder, 2).ShouldBe(TaskOutcome.Done);
        }

        TaskRun.Start(folder, 1).ShouldBe(TaskOutcome.Done);
        var weights = File.GetLastWriteTimeUtc(folder.Run(1).Last);
        TaskRun.Start(folder, 1).ShouldBe(TaskOutcome.Done);
        File.GetLastWriteTimeUtc(folder.Run(1).Last).ShouldBe(weights);
        Should.Throw<FineTuneException>(() => TaskRun.Start(folder, 3)).Message.ShouldBe("The sweep has no task 3; it has 1 to 2.");
    }

    [Fact]
    public void Training_nothing_gathers_what_is_there()
    {
        var folder = Plan("gather", Grid);
        TaskRun.Start(folder, 3).ShouldBe(TaskOutcome.Done);
        var results = SweepRun.Start(folder, null);

        results.IsDone.ShouldBeFalse();
        results.Rows.Select(r => r.Status).ShouldBe(
            [ConfigurationStatus.Finished, ConfigurationStatus.Open, ConfigurationStatus.Open, ConfigurationStatus.Open]);
        results.Leader!.Configuration.ShouldBe(3);
        File.ReadAllText(folder.Report).ShouldContain("3 of 4 configurations are not at their end yet");
    }

    [Fact]
    public void Another_sweep_in_the_same_folder_is_refused_and_the_same_goes_on()
    {
        var folder = Plan("same", "seeds: 2\n");
        Plan("same", "seeds: 2\n");
        Should.Throw<FineTuneException>(() => Plan("same", "seeds: 3\n")).Message.ShouldContain("holds another sweep");
        Should.Throw<FineTuneException>(() => Plan("same", "seeds: 2\nset: { epochs: 2 }\n")).Message.ShouldContain("holds another sweep");
        SweepPlan.Read(folder).Tasks.Count.ShouldBe(2);
        Should.Throw<FineTuneException>(() => SweepPlan.Read(new SweepFolder(_tiny.Root))).Message.ShouldContain("is no sweep");
        var spec = Spec("seeds: 2\n");
        Should.Throw<FineTuneException>(() => SweepPlan.Of(spec).Keep(new SweepFolder(_tiny.Data), spec)).Message
            .ShouldContain("is not empty and no sweep");
    }

    [Theory]
    [InlineData("over: { model: [cifar_resnet20, cifar_resnet21] }", "Run 2", "Unknown model 'cifar_resnet21'")]
    [InlineData("over: { optimizer: [sgd, adma] }", "Run 2", "did you mean 'adam'")]
    [InlineData("over: { schedule: [cosine, cosin] }", "Run 2", "did you mean 'cosine'")]
    [InlineData("over: { trainable: [all, layer9] }", "Run 2", "layer9")]
    [InlineData("over: { batch: [8, 0] }", "Run 2", "batch is 0")]
    [InlineData("over: { weights: [none.pth] }", "Run 1", "none.pth")]
    [InlineData("set: { data: nowhere }", "Run 1", "The data folder 'nowhere' does not exist")]
    [InlineData("over: { epochs: [4, 9] }\nhalving: true", "", "the runs of this sweep have different numbers of them")]
    [InlineData("set: { recipe: auto }", "", "recipe cannot vary")]
    [InlineData("over: { threads: [1, 0] }", "Run 2", "threads is 0, all cores")]
    [InlineData("set: { precision: auto }", "Run 1", "precision auto measures what is fastest")]
    [InlineData("folds: 13", "Run 1", "13 folds need 13 of each class")]
    public void What_no_run_could_begin_with_is_refused_before_anything_is_trained(string yaml, string run, string message)
    {
        var said = Should.Throw<FineTuneException>(() => SweepPlan.Of(Spec(yaml))).Message;
        said.ShouldContain(message);
        said.ShouldContain(run);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"tasks\": 1}")]
    [InlineData("no json")]
    [InlineData("null")]
    public void A_damaged_plan_is_one_sentence(string text)
    {
        var folder = Plan("damaged", "seeds: 2\n");
        File.WriteAllText(folder.Plan, text);
        Should.Throw<FineTuneException>(() => SweepPlan.Read(folder)).Message.ShouldContain("sweep.json");
    }

    private SweepFolder Folder(string name) => new(Path.Combine(_tiny.Root, name));

    private SweepSpec Spec(string yaml)
    {
        var recipe = Path.Combine(_tiny.Root, "base.yaml");
        File.WriteAllText(recipe, RecipeFile.Write(_tiny.Recipe with { Snapshots = 0 }));
        var file = Path.Combine(_tiny.Root, "sweep.yaml");
        File.WriteAllText(file, "recipe: base.yaml\n" + yaml);
        return SweepFile.Read(file);
    }

    private SweepFolder Plan(string name, string yaml)
    {
        var spec = Spec(yaml);
        SweepPlan.Of(spec).Keep(Folder(name), spec);
        return Folder(name);
    }

    private SweepResults Run(string name, string yaml) => SweepRun.Start(Plan(name, yaml), new InThisProcess());

    /// <summary>Asks to stop after a number of steps.</summary>
    private sealed class Stopping(Func<CancellationTokenSource?> at) : ISweepEngine
    {
        public void Run(SweepFolder folder, IReadOnlyList<SweepWork> work, Action<int> told, CancellationToken stop)
        {
            foreach (var (task, _) in work)
            {
                TaskRun.Start(folder, task, e => (e is TrainEvent.Stepped ? at() : null)?.Cancel(), stop: stop);
                stop.ThrowIfCancellationRequested();
            }
        }
    }
}
