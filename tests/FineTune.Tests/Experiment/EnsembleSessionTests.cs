using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Experiment;
using FineTune.Experiment.Ensembles;
using FineTune.Experiment.Report;
using FineTune.Tests.Train;
using FineTune.Train;
using FineTune.Transfer;
using static TorchSharp.torch;

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
}

[Collection(Serial.Name)]
public sealed class EnsembleSessionTests(TwoRuns runs) : IClassFixture<TwoRuns>
{
    [Fact]
    public void One_run_contributes_its_snapshots_and_several_their_results()
    {
        Names(new EnsembleRequest { Runs = [runs.A] }).ShouldBe(["001", "002"]);
        Names(new EnsembleRequest { Runs = [runs.A, runs.B] }).ShouldBe([runs.A, runs.B]);
        Names(new EnsembleRequest { Runs = [runs.A, runs.B], Snapshots = true }).ShouldBe([$"{runs.A}/001", $"{runs.A}/002", $"{runs.B}/001", $"{runs.B}/002"]);
        Names(new EnsembleRequest { Runs = [runs.A], Snapshots = false, Weights = [Best(runs.B)] }).ShouldBe(["a", Best(runs.B)]);
        Names(new EnsembleRequest { Runs = [runs.A], Weights = [$"cifar_resnet20={Best(runs.B)}"] }).ShouldBe(["a", Best(runs.B)]);
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

    /// <summary>A run's model whose outputs, and the names of them, stand in another order.</summary>
    [Fact]
    public void Members_of_another_class_order_are_aligned_by_name()
    {
        var path = Path.Combine(runs.Tiny.Root, "turned.safetensors");
        using (var model = LoadedModel.Open(null, Best(runs.B)))
        {
            using var _ = no_grad();
            foreach (var name in new[] { "linear.weight", "linear.bias" })
                model.Network.state_dict()[name].copy_(model.Network.state_dict()[name].flip(0));
            Checkpoint.SaveWeights(path, model.Network, [.. model.Classes!.Reverse()]);
        }

        using var straight = new EnsembleSession(new EnsembleRequest { Runs = [runs.A], Weights = [Best(runs.B)] });
        using var turned = new EnsembleSession(new EnsembleRequest { Runs = [runs.A], Weights = [path] });
        var (expected, found) = (straight.Evaluate(), turned.Evaluate());
        found.Predictions.Probabilities.ShouldBe(expected.Predictions.Probabilities, 1e-7);
        found.Rows[1].Alone.Nll.ShouldBe(expected.Rows[1].Alone.Nll, 1e-6);
        turned.Notes.ShouldContain($"It is not known which images '{path}' was trained on; some may be among those that are measured.");
        straight.Notes.ShouldBeEmpty();
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A], Weights = [path], Method = "soup" })).Message.ShouldContain("classes in one order");
    }

    [Fact]
    public void Members_for_other_classes_are_refused()
    {
        var path = Path.Combine(runs.Tiny.Root, "other.safetensors");
        using (var model = LoadedModel.Open(null, Best(runs.B)))
            Checkpoint.SaveWeights(path, model.Network, ["x", .. model.Classes!.Skip(1)]);
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A], Weights = [path] })).Message.ShouldContain("have the same classes");
    }

    /// <summary>Planted: the split that the second run was given has an image of the first one's validation among its training images.</summary>
    [Theory]
    [InlineData(true, "was trained on 1 of the 15 images that are measured")]
    [InlineData(false, "have other validation images")]
    public void A_run_of_another_split_is_refused(bool trainedOn, string says)
    {
        var data = runs.Tiny.Data;
        var image = Directory.GetFiles(Path.Combine(data, "val"), "*", SearchOption.AllDirectories)[0];
        var other = Path.Combine(runs.Tiny.Root, trainedOn ? "moved" : "less");
        CopyFolder(data, other);
        var copy = Path.Combine(other, Path.GetRelativePath(data, image));
        if (trainedOn)
            File.Move(copy, Path.Combine(other, "train", Path.GetFileName(Path.GetDirectoryName(copy))!, "moved.jpg"));
        else
            File.Delete(copy);
        var folder = runs.Tiny.Folder(trainedOn ? "c" : "d");
        runs.Tiny.Start(runs.Tiny.Recipe with { Data = other, Epochs = 1, Snapshots = 0 }, folder);

        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A, folder.Path] })).Message.ShouldContain(says);
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A], Weights = [Best(folder.Path)] })).Message.ShouldContain(says);
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
    public void An_ensemble_is_held_against_what_else_its_cost_could_have_bought()
    {
        using var session = new EnsembleSession(new EnsembleRequest { Runs = [runs.A] });
        var report = session.Evaluate();
        var rows = session.Compare(report, [runs.A, runs.B]).Rows;
        rows.Select(r => r.Name).ShouldBe([
            $"best single: {report.BestSingle}", "ensemble: average of 2", "best single, 2 random views", "soup of these members", "greedy-soup of these members",
            $"run {runs.A}", $"run {runs.B}", "ensemble of these 2 runs",
        ]);
        rows.Select(r => r.Looks).ShouldBe([1, 2, 2, 1, 1, 1, 1, 2]);
        rows[0].Score.ShouldBe(report.Single);
        (rows[1].Score.Top1, rows[1].Score.Nll).ShouldBe((report.Ensemble.Top1, report.Ensemble.Nll));
        rows[0].AgainstSingle.ShouldBeNull();
        rows[1].AgainstSingle!.PValue.ShouldBe(report.PValue, 1e-12);
        rows.Skip(1).ShouldAllBe(r => r.AdjustedP >= r.AgainstSingle!.PValue && r.Difference!.Top1.Value == r.Score.Top1 - rows[0].Score.Top1);
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
        CopyFolder(runs.Tiny.Data, data);
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
        Opened().ShouldHaveSingleItem().ShouldContain("were measured on 1 time before, first on " + DateTime.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        var session = new RunSession(run.Path);
        session.Samples("test");
        session.Samples("test"); // once a session
        session.Notes.ShouldHaveSingleItem().ShouldContain("2 times before");
        File.ReadAllLines(run.TestOpened).Length.ShouldBe(3);
        File.WriteAllText(run.TestOpened, "what\n");
        Opened().ShouldHaveSingleItem().ShouldContain("a day that is not readable");

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

    [Theory]
    [InlineData("average", null)]
    [InlineData("greedy", "flip")]
    [InlineData("logits", "random:2")]
    [InlineData("soup", null)]
    public void A_saved_ensemble_says_the_same_bits_from_another_folder_after_its_runs_are_gone(string method, string? views)
    {
        using var tiny = new TinyRun();
        foreach (var name in new[] { "a", "b" })
            CopyFolder(runs.Tiny.Folder(name).Path, tiny.Folder(name).Path);
        var (kept, elsewhere) = (Path.Combine(tiny.Root, "kept"), Path.Combine(tiny.Root, "elsewhere"));
        Predictions expected;
        using (var session = new EnsembleSession(new EnsembleRequest { Runs = [tiny.Folder("a").Path, tiny.Folder("b").Path], Method = method, Views = views, Data = tiny.Data }))
        {
            var report = session.Evaluate();
            session.Save(kept);
            // fitted weights are cross-fitted in the report, and whole in what is kept
            expected = method == "greedy" ? Combined(tiny, method, views) : report.Predictions;
        }

        Directory.Move(kept, elsewhere);
        Directory.Delete(tiny.Folder("a").Path, recursive: true);
        Directory.Delete(tiny.Folder("b").Path, recursive: true);
        var saved = new SavedEnsembleSession(elsewhere, tiny.Data);
        using var model = saved.OpenResult();
        var found = saved.Predict(model, saved.Samples().Samples, saved.Inference(null, null));
        found.Probabilities.ShouldBe(expected.Probabilities);
        found.Labels.ShouldBe(expected.Labels);
    }

    [Fact]
    public void A_saved_ensemble_whose_file_was_changed_or_is_gone_is_refused()
    {
        var folder = Path.Combine(runs.Tiny.Root, "damaged");
        using (var session = new EnsembleSession(new EnsembleRequest { Runs = [runs.A] }))
        {
            session.Evaluate();
            session.Save(folder);
            Should.Throw<FineTuneException>(() => session.Save(folder)).Message.ShouldContain("is not empty");
            Should.Throw<FineTuneException>(() => new RunSession(folder)).Message.ShouldContain("is a saved ensemble, not a run");
            Should.Throw<FineTuneException>(() => new SavedEnsembleSession(folder).Samples("test")).Message.ShouldContain($"predict --run '{folder}' FOLDER");
            Should.Throw<FineTuneException>(() => session.Save(Path.Combine(runs.Tiny.Data, "kept"))).Message.ShouldContain("lies in the data folder");
        }

        var (first, second) = (SavedEnsemble.PathOf(folder, "001.safetensors"), SavedEnsemble.PathOf(folder, "002.safetensors"));
        File.Copy(second, first, overwrite: true); // sound by itself, and another member
        Should.Throw<FineTuneException>(() => new SavedEnsembleSession(folder).OpenResult()).Message.ShouldContain("does not have the bits that were written");
        File.Delete(first);
        Should.Throw<FineTuneException>(() => new SavedEnsembleSession(folder).OpenResult()).Message.ShouldContain("has no file");
    }

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 2", "a later version")]
    [InlineData("001.safetensors", "../001.safetensors", "is damaged")]
    [InlineData("\"weight\": 0.5", "\"weight\": 0.75", "is damaged")]
    [InlineData("\"weight\": 0.5", "\"weight\": -0.5", "is damaged")]
    [InlineData("{", "[", "cannot be read")]
    [InlineData("\"average\"", "\"avrage\"", "unknown method")]
    public void A_description_that_was_not_written_so_is_refused(string from, string to, string says)
    {
        var folder = Path.Combine(runs.Tiny.Root, "described" + Guid.NewGuid());
        using (var session = new EnsembleSession(new EnsembleRequest { Runs = [runs.A] }))
        {
            session.Evaluate();
            session.Save(folder);
        }

        var file = Path.Combine(folder, "ensemble.json");
        var text = File.ReadAllText(file);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        File.WriteAllText(file, text[..at] + to + text[(at + from.Length)..]);
        var error = Should.Throw<FineTuneException>(() =>
        {
            using var model = new SavedEnsembleSession(folder).OpenResult();
        });
        error.Message.ShouldContain(says, Case.Insensitive);
    }

    [Fact]
    public void What_cannot_be_combined_is_said()
    {
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [] })).Message.ShouldContain("at least one --run");
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A], Method = "mean" })).Message.ShouldContain("average");
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A, runs.A] })).Message.ShouldContain("is given twice");
        var link = Path.Combine(runs.Tiny.Root, "link");
        Directory.CreateSymbolicLink(link, runs.A);
        foreach (var again in new[] { runs.A + "/", link })
            Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A, again] })).Message.ShouldContain("is given twice");
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A], Weights = [$"resnet18={Best(runs.B)}"] })).Message.ShouldContain("is of a run of cifar_resnet20, not of resnet18");
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A], Weights = [$"resnet81={Best(runs.B)}"] })).Message.ShouldContain("'resnet18'");
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [runs.A], Selection = MemberSelection.Parse("last:3") })).Message.ShouldContain("there are 2");
        var folder = runs.Tiny.Folder("none");
        runs.Tiny.Start(runs.Tiny.Recipe with { Epochs = 1, Snapshots = 0 }, folder);
        Should.Throw<FineTuneException>(() => Evaluate(new EnsembleRequest { Runs = [folder.Path] })).Message.ShouldContain("--set snapshots=5");
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

    private static Predictions Combined(TinyRun tiny, string method, string? views)
    {
        var members = new[] { "a", "b" }.Select(name =>
        {
            var session = new RunSession(tiny.Folder(name).Path, data: tiny.Data);
            using var model = session.OpenResult();
            return session.Predict(model, session.Samples().Samples, session.Inference(views, null));
        }).ToArray();
        return Combination.Find(method).Combine(members, Combination.Find(method).Weights(members));
    }

    private static string Best(string run) => new RunFolder(run).Best;

    private static Dictionary<string, float[]> State(string path)
    {
        using var model = LoadedModel.Open(null, path);
        return WeightLoader.Read(model.Network).Where(t => t.Value.Type == FineTune.Weights.TensorType.Float32).ToDictionary(t => t.Key, t => t.Value.ToFloats());
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
