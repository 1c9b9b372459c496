using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Evaluate.Statistics;
using FineTune.Experiment;
using FineTune.Experiment.Ensembles;
using FineTune.Experiment.Report;
using FineTune.Tests.Train;
using FineTune.Train;
using FineTune.Transfer;

namespace FineTune.Tests.Experiment;

/// <summary>Two runs on the same split, by two seeds, with two snapshots each.</summary>
public sealed class TwoRuns : IDisposable
{
    public TwoRuns()
    {
        foreach (var (name, seed) in new[] { ("a", 1), ("b", 2) })
            Tiny.Start(Tiny.Recipe with { Seed = seed, Epochs = 2 }, Tiny.Folder(name));
    }

    internal TinyRun Tiny { get; } = new();

    public string A => Tiny.Folder("a").Path;

    public string B => Tiny.Folder("b").Path;

    public void Dispose() => Tiny.Dispose();

    /// <summary>Copies a folder's files.</summary>
    internal static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class EnsembleSessionTests(TwoRuns runs) : IClassFixture<TwoRuns>
{
    [Fact]
    public void One_run_contributes_its_snapshots_and_several_their_results()
    {
        Names(new EnsembleRequest { Runs = [runs.A] }).ShouldBe(["001", "002"]);
        Names(new EnsembleRequest { Runs = [runs.A, runs.B] }).ShouldBe([runs.A, runs.B]);
        Names(new EnsembleRequest { Runs = [runs.A, runs.B], Snapshots = true })
            .ShouldBe([$"{runs.A}/001", $"{runs.A}/002", $"{runs.B}/001", $"{runs.B}/002"]);
        Names(new EnsembleRequest { Runs = [runs.A], Snapshots = false, Weights = [Best(runs.B)] }).ShouldBe(["a", Best(runs.B)]);
        Names(new EnsembleRequest { Runs = [runs.A], Weights = [$"cifar_resnet20={Best(runs.B)}"] }).ShouldBe(["a", Best(runs.B)]);
    }

    [Fact]
    public void A_run_that_was_stopped_says_so_and_not_that_it_has_no_snapshots()
    {
        var folder = runs.Tiny.Folder("stopped");
        runs.Tiny.StartAndStop(runs.Tiny.Recipe with { Snapshots = 1 }, folder, 6); // of 5 steps an epoch

        var session = new RunSession(folder.Path);
        session.OpenResult().Dispose();
        session.Notes.ShouldBe([$"The run '{folder.Path}' has not come to its end (1 of 3 epochs); --resume goes on with it."]);
        Should.Throw<FineTuneException>(() => session.Ensemble(MemberSelection.All)).Message
            .ShouldStartWith($"The run '{folder.Path}' was stopped before the first of its 1 snapshots; go on with `finetune train --out ");
    }

    [Fact]
    public void The_mean_of_two_runs_is_the_mean_of_what_each_says()
    {
        var (a, b) = (Alone(runs.A), Alone(runs.B));
        using var session = new EnsembleSession(new EnsembleRequest { Runs = [runs.A, runs.B] });
        var together = session.Evaluate().Predictions;
        for (var k = 0; k < together.Probabilities.Length; k++)
            together.Probabilities[k].ShouldBe((a.Probabilities[k] + b.Probabilities[k]) / 2, 1e-12);
        together.Labels.ShouldBe(a.Labels);
    }

    /// <summary>Planted: a member that was trained on images of another size. It sees them so, and shares nothing.</summary>
    [Fact]
    public void Each_member_sees_images_as_it_was_trained_to()
    {
        var larger = runs.Tiny.Folder("larger");
        runs.Tiny.Start(runs.Tiny.Recipe with { Input = new InputOptions { Size = 24, Resize = 28 }, Epochs = 1, Snapshots = 0 }, larger);
        var (a, b) = (Alone(runs.A), Alone(larger.Path));
        using var session = new EnsembleSession(new EnsembleRequest { Runs = [runs.A, larger.Path] });
        var together = session.Evaluate().Predictions;
        for (var k = 0; k < together.Probabilities.Length; k++)
            together.Probabilities[k].ShouldBe((a.Probabilities[k] + b.Probabilities[k]) / 2, 1e-12);
        session.Sharing.ShouldBe((0, 0));
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A, larger.Path], Method = "soup" }))
            .Message.ShouldContain("see images in other ways");
    }

    [Fact]
    public void Members_for_other_classes_are_refused()
    {
        var path = Path.Combine(runs.Tiny.Root, "other.safetensors");
        using (var model = LoadedModel.Open(null, Best(runs.B)))
            Checkpoint.SaveWeights(path, model.Network, ["x", .. model.Classes!.Skip(1)]);
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A], Weights = [path] }))
            .Message.ShouldContain("have the same classes");
        var data = Path.Combine(runs.Tiny.Root, "renamed");
        TwoRuns.CopyFolder(runs.Tiny.Data, data);
        foreach (var split in Directory.GetDirectories(data))
            Directory.Move(Path.Combine(split, "crab"), Path.Combine(split, "lobster"));
        var renamed = runs.Tiny.Folder("renamed-run");
        runs.Tiny.Start(runs.Tiny.Recipe with { Data = data, Epochs = 1, Snapshots = 0 }, renamed);
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A], Against = [renamed.Path] }))
            .Message.ShouldContain("'lobster'");
    }

    /// <summary>
    /// Planted: the split that the second run was given has an image of the first one's validation among its training images.
    /// </summary>
    [Theory]
    [InlineData(true, "was trained on 1 of the 15 images that are measured")]
    [InlineData(false, "have other validation images")]
    public void A_run_of_another_split_is_refused(bool trainedOn, string says)
    {
        var data = runs.Tiny.Data;
        var image = Directory.GetFiles(Path.Combine(data, "val"), "*", SearchOption.AllDirectories)[0];
        var other = Path.Combine(runs.Tiny.Root, trainedOn ? "moved" : "less");
        TwoRuns.CopyFolder(data, other);
        var copy = Path.Combine(other, Path.GetRelativePath(data, image));
        if (trainedOn)
            File.Move(copy, Path.Combine(other, "train", Path.GetFileName(Path.GetDirectoryName(copy))!, "moved.jpg"));
        else
            File.Delete(copy);
        var folder = runs.Tiny.Folder(trainedOn ? "c" : "d");
        runs.Tiny.Start(runs.Tiny.Recipe with { Data = other, Epochs = 1, Snapshots = 0 }, folder);

        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A, folder.Path] })).Message.ShouldContain(says);
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A], Weights = [Best(folder.Path)] }))
            .Message.ShouldContain(says);
    }

    [Fact]
    public void A_soup_has_the_mean_of_the_weights()
    {
        using var session = new EnsembleSession(new EnsembleRequest { Runs = [runs.A], Method = "soup" });
        var report = session.Evaluate();
        report.Method.ShouldBe("soup");
        report.Rows.Select(r => r.Weight).ShouldBe([0.5, 0.5]);
        report.Rows[0].Growing.ShouldBeNull();
        report.Rows[1].Growing.ShouldBe(report.Ensemble);
        session.Notes.ShouldHaveSingleItem().ShouldContain("Batch-norm statistics: ");
        var folder = Path.Combine(runs.Tiny.Root, "kept-soup");
        session.Save(folder);
        var (first, second) = (State(runs.Tiny.Folder("a").Snapshots[0]), State(runs.Tiny.Folder("a").Snapshots[1]));
        var mean = State(SavedEnsemble.PathOf(folder, "001.safetensors"));
        foreach (var name in new[] { "conv1.weight", "layer3.0.conv2.weight", "linear.bias" })
        {
            for (var k = 0; k < mean[name].Length; k++)
                mean[name][k].ShouldBe((float)(((double)first[name][k] + second[name][k]) / 2), name);
        }
    }

    [Fact]
    public void A_greedy_soup_is_never_worse_on_validation_than_its_best_member()
    {
        var report = Evaluate(new EnsembleRequest { Runs = [runs.A, runs.B], Snapshots = true, Method = "greedy-soup" });
        report.Ensemble.Top1.ShouldBeGreaterThanOrEqualTo(report.Single.Top1);
        report.Rows.Select(r => r.Name).ShouldContain(report.BestSingle);
    }

    [Fact]
    public void The_result_of_the_run_stands_beside_an_ensemble_of_its_snapshots()
    {
        var report = Evaluate(new EnsembleRequest { Runs = [runs.A] });
        var session = new RunSession(runs.A);
        using var model = session.OpenResult();
        var result = session.Predict(model, session.Samples().Samples, session.Inference(null, null));
        report.Result!.Score.ShouldBe(Score.Of(result));
        report.Result.Difference.ShouldBe(McNemar.Of(result, report.Predictions));
        Evaluate(new EnsembleRequest { Runs = [runs.A, runs.B] }).Result.ShouldBeNull();
    }

    [Fact]
    public void An_ensemble_is_held_against_what_else_its_cost_could_have_bought()
    {
        using var session = new EnsembleSession(new EnsembleRequest { Runs = [runs.A], Against = [runs.A, runs.B] });
        var report = session.Evaluate();
        var rows = session.Compare(report).Rows;
        rows.Select(r => r.Name).ShouldBe([
            $"best single: {report.BestSingle}", "ensemble: average of 2", "best single, 2 random views", "soup of these members",
            "greedy-soup of these members",
            $"run {runs.A}", $"run {runs.B}", "ensemble of these 2 runs",
        ]);
        rows.Select(r => r.Looks).ShouldBe([1, 2, 2, 1, 1, 1, 1, 2]);
        rows[0].Score.ShouldBe(report.Single);
        (rows[1].Score.Top1, rows[1].Score.Nll).ShouldBe((report.Ensemble.Top1, report.Ensemble.Nll));
        rows[0].AgainstSingle.ShouldBeNull();
        rows[1].AgainstSingle!.PValue.ShouldBe(report.PValue, 1e-12);
        rows.Skip(1)
            .ShouldAllBe(r => r.AdjustedP >= r.AgainstSingle!.PValue && r.Difference!.Top1.Value == r.Score.Top1 - rows[0].Score.Top1);
        var (a, b) = (RunSummary.Read(runs.A).Seconds, RunSummary.Read(runs.B).Seconds);
        rows[1].TrainingSeconds.ShouldBe(a);
        rows[^1].TrainingSeconds!.Value.ShouldBe(a + b, 1e-9);
        rows.ShouldAllBe(r => r.InferenceSeconds > 0);
        rows[^1].Equivalent!.Value.ShouldBe(2, 1e-6);
        rows.Skip(5).Take(2).ShouldAllBe(r => r.Equivalent >= 1);
    }

    /// <summary>Planted: a choice is made after the test images were looked at.</summary>
    [Fact]
    public void That_test_images_were_measured_on_is_recorded_and_told_the_next_time()
    {
        var data = Path.Combine(runs.Tiny.Root, "tested");
        TwoRuns.CopyFolder(runs.Tiny.Data, data);
        foreach (var folder in Directory.GetDirectories(Path.Combine(data, "train")))
        {
            var target = Directory.CreateDirectory(Path.Combine(data, "test", Path.GetFileName(folder)));
            foreach (var file in Directory.GetFiles(folder).Take(2))
                File.Move(file, Path.Combine(target.FullName, Path.GetFileName(file)));
        }

        var run = runs.Tiny.Folder("with-test");
        runs.Tiny.Start(runs.Tiny.Recipe with { Data = data, Epochs = 1 }, run);
        new RunSession(run.Path).Samples();
        File.Exists(run.TestOpened).ShouldBeFalse();
        Opened().ShouldBeEmpty();
        Opened().ShouldHaveSingleItem().ShouldContain("were measured on 1 time before, "
            + "first on " + DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        var session = new RunSession(run.Path);
        session.Samples("test");
        session.Samples("test"); // once a session
        session.Notes.ShouldHaveSingleItem().ShouldContain("2 times before");
        File.ReadAllLines(run.TestOpened).Length.ShouldBe(3);
        File.WriteAllText(run.TestOpened, "what\n");
        Opened().ShouldHaveSingleItem().ShouldContain("a day that is not readable");

        var other = runs.Tiny.Folder("with-test-too");
        runs.Tiny.Start(runs.Tiny.Recipe with { Seed = 5, Data = data, Epochs = 1, Snapshots = 0 }, other);
        using (var held = new EnsembleSession(new EnsembleRequest { Runs = [run.Path], Against = [other.Path] }))
            held.Evaluate("test");
        File.ReadAllLines(other.TestOpened).Length.ShouldBe(1);

        IReadOnlyList<string> Opened()
        {
            using var ensemble = new EnsembleSession(new EnsembleRequest { Runs = [run.Path] });
            var report = ensemble.Evaluate("test");
            (report.Split, report.ChosenOn, report.Ensemble.N).ShouldBe(("test", "val", 6));
            return ensemble.Notes;
        }
    }

    [Fact]
    public void The_page_has_its_sections_and_escapes_names()
    {
        using var session = new EnsembleSession(new EnsembleRequest { Runs = [runs.A] });
        var report = session.Evaluate();
        report = report with { Rows = [report.Rows[0] with { Name = "<script>alert(1)</script>" }, report.Rows[1]] };
        var file = Path.Combine(runs.Tiny.Root, "page.html");
        EnsemblePage.Write(file, report, new MethodComparison([], []), ["a <b>note</b>"]);
        var html = File.ReadAllText(file);
        html.ShouldNotContain("<script");
        html.ShouldNotContain("<b>note");
        html.ShouldNotContain("://");
        foreach (var section in new[] { "members", "cost", "disagreement" })
            html.ShouldContain($"<h2 id=\"{section}\">");
        EnsemblePage.Verdict(report).ShouldContain("within what chance alone gives");
    }

    [Fact]
    public void What_cannot_be_combined_is_said()
    {
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [] })).Message.ShouldContain("at least one --run");
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A], Method = "mean" }))
            .Message.ShouldContain("average");
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A, runs.A] }))
            .Message.ShouldContain("is given twice");
        var copy = runs.Tiny.Folder("copy").Path;
        TwoRuns.CopyFolder(runs.A, copy);
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A, copy] })).Message
            .ShouldBe($"The members '{runs.A}' and '{copy}' have the same weights to the bit; give each once.");
        foreach (var none in new[] { string.Empty, "cifar_resnet20=" })
        {
            Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A], Weights = [none] }))
                .Message.ShouldStartWith($"'{none}' names no weights file");
        }
        var link = Path.Combine(runs.Tiny.Root, "link");
        Directory.CreateSymbolicLink(link, runs.A);
        foreach (var again in new[] { runs.A + "/", link })
        {
            Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A, again] }))
                .Message.ShouldContain("is given twice");
        }
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A], Weights = [$"resnet18={Best(runs.B)}"] }))
            .Message.ShouldContain("is of a run of cifar_resnet20, not of resnet18");
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A], Weights = [$"resnet81={Best(runs.B)}"] }))
            .Message.ShouldContain("'resnet18'");
        Should.Throw<FineTuneException>(
            () => Evaluate(new EnsembleRequest { Runs = [runs.A], Selection = MemberSelection.Parse("last:3") }))
            .Message.ShouldContain("there are 2");
        var folder = runs.Tiny.Folder("none");
        runs.Tiny.Start(runs.Tiny.Recipe with { Epochs = 1, Snapshots = 0 }, folder);
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [folder.Path] }))
            .Message.ShouldContain("--set snapshots=5");
    }

    private static IEnumerable<string> Names(EnsembleRequest request) => Evaluate(request).Rows.Select(r => r.Name);

    private static EnsembleReport Evaluate(EnsembleRequest request)
    {
        using var session = new EnsembleSession(request);
        return session.Evaluate();
    }

    private static Predictions Alone(string run)
    {
        var session = new RunSession(run);
        using var model = session.OpenResult();
        return session.Predict(model, session.Samples().Samples);
    }

    private static string Best(string run) => new RunFolder(run).Best;

    private static Dictionary<string, float[]> State(string path)
    {
        using var model = LoadedModel.Open(null, path);
        return WeightLoader.Read(model.Network).Where(t => t.Value.Type == FineTune.Weights.TensorType.Float32)
            .ToDictionary(t => t.Key, t => t.Value.ToFloats());
    }
}
