using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Experiment;
using FineTune.Experiment.Ensembles;
using FineTune.Tests.Train;
using FineTune.Train;

namespace FineTune.Tests.Experiment;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class SavedEnsembleTests(TwoRuns runs) : IClassFixture<TwoRuns>
{
    [Theory]
    [InlineData("average", null)]
    [InlineData("greedy", "flip")]
    [InlineData("logits", "random:2")]
    [InlineData("soup", null)]
    public void A_saved_ensemble_says_the_same_bits_from_another_folder_after_its_runs_are_gone(string method, string? views)
    {
        using var tiny = new TinyRun();
        foreach (var name in new[] { "a", "b" })
            TwoRuns.CopyFolder(runs.Tiny.Folder(name).Path, tiny.Folder(name).Path);
        var (kept, elsewhere) = (Path.Combine(tiny.Root, "kept"), Path.Combine(tiny.Root, "elsewhere"));
        Predictions expected;
        using (var session = new EnsembleSession(new EnsembleRequest
        {
            Runs = [tiny.Folder("a").Path, tiny.Folder("b").Path],
            Method = method,
            Views = views,
            Data = tiny.Data,
        }))
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
            Should.Throw<FineTuneException>(() => session.Save(folder)).Message.ShouldContain("holds an ensemble already");
            Should.Throw<FineTuneException>(() => new RunSession(folder)).Message.ShouldContain("is a saved ensemble, not a run");
            Should.Throw<FineTuneException>(() => new SavedEnsembleSession(folder).Samples("test"))
                .Message.ShouldEndWith($"use it on other images by `finetune predict --run {folder} FOLDER`.");
            Should.Throw<FineTuneException>(() => session.Save(Path.Combine(runs.Tiny.Data, "kept")))
                .Message.ShouldContain("lies in the data folder");
        }

        var (first, second) = (SavedEnsemble.PathOf(folder, "001.safetensors"), SavedEnsemble.PathOf(folder, "002.safetensors"));
        File.Copy(second, first, overwrite: true); // sound by itself, and another member
        Should.Throw<FineTuneException>(() => new SavedEnsembleSession(folder).OpenResult())
            .Message.ShouldContain("does not have the bits that were written");
        File.Delete(first);
        Should.Throw<FineTuneException>(() => new SavedEnsembleSession(folder).OpenResult()).Message.ShouldContain("has no file");
    }

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 2", "a later version")]
    [InlineData("001.safetensors", "../001.safetensors", "is damaged")]
    [InlineData("\"weight\": 0.5", "\"weight\": 0.75", "is damaged")]
    [InlineData("\"weight\": 0.5", "\"weight\": -0.5", "is damaged")]
    [InlineData("{", "[", "is not the JSON that was written (line ")]
    [InlineData("\"average\"", "\"avrage\"", "unknown method")]
    [InlineData("\"made_by\": \"average\"", "\"made_by\": \"avrage\"", "unknown method")]
    [InlineData("\"views\": \"none\"", "\"views\": \"nine\"", "Views 'nine'")]
    [InlineData("\"passes\": null", "\"passes\": 0", "1 to 100000 passes")]
    [InlineData("\"threads\": ", "\"threads\": -1", "threads is -1")]
    [InlineData("\"max_pixels\": 178956970", "\"max_pixels\": 0", "max_pixels is 0")]
    [InlineData("\"threads\": ", "\"threads\": 9999", "threads is 9999")]
    [InlineData("\"cifar_resnet20\"", "\"cifar_resnet2\"", "cifar_resnet20")]
    [InlineData("\"float32\"", "\"float31\"", "float32")]
    [InlineData("\"float32\"", "\"auto\"", "computes in 'auto'")]
    [InlineData("\"channels_last\"", "\"chanels_last\"", "channels_last")]
    [InlineData("002.safetensors", "001.safetensors", "two members have the file '001.safetensors'")]
    [InlineData("\"name\": \"002\"", "\"name\": \"001\"", "two members have the name '001'")]
    [InlineData("\"sha256\": ", "\"sha\": ", "a member lacks a value")]
    [InlineData("\"trained_on\": []", "\"trained_on\": null", "a value is missing")]
    public void A_description_that_was_not_written_so_is_refused(string from, string to, string says)
    {
        var folder = Saved("described" + Guid.NewGuid());
        var file = Path.Combine(folder, "ensemble.json");
        var text = File.ReadAllText(file);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        File.WriteAllText(file, text[..at] + to + text[(at + from.Length)..]);
        var error = Should.Throw<FineTuneException>(() =>
        {
            using var model = new SavedEnsembleSession(folder).OpenResult();
        });
        error.Message.ShouldContain(says, Case.Insensitive);
        error.Message.ShouldContain(file);
    }

    [Fact]
    public void Its_classes_are_those_of_its_images()
    {
        var folder = Saved("turned");
        var file = Path.Combine(folder, "ensemble.json");
        var json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(file))!;
        json["classes"] = new System.Text.Json.Nodes.JsonArray([.. json["classes"]!.AsArray().Reverse().Select(c => c!.DeepClone())]);
        File.WriteAllText(file, json.ToJsonString());
        Should.Throw<FineTuneException>(() => new SavedEnsembleSession(folder)).Message.ShouldContain("one of the two is damaged");
    }

    [Fact]
    public void Images_that_were_moved_are_found_where_they_were_measured()
    {
        var moved = Path.Combine(runs.Tiny.Root, "moved-data");
        TwoRuns.CopyFolder(runs.Tiny.Data, moved);
        var folder = Path.Combine(runs.Tiny.Root, "of-moved");
        using (var session = new EnsembleSession(new EnsembleRequest { Runs = [runs.A], Data = moved }))
        {
            session.Evaluate();
            session.Save(folder);
        }

        var images = RunImages.Read(new RunFolder(folder))!;
        (images.Root, images.FromRun).ShouldBe((moved, "../moved-data"));
    }

    [Fact]
    public void A_folder_is_held_before_anything_is_measured_and_left_as_it_was_where_nothing_is_saved()
    {
        var folder = Path.Combine(runs.Tiny.Root, "deep", "held");
        using (var session = new EnsembleSession(new EnsembleRequest { Runs = [runs.A] }))
        {
            session.Reserve(folder);
            using var other = new EnsembleSession(new EnsembleRequest { Runs = [runs.B] });
            Should.Throw<FineTuneException>(() => other.Reserve(folder))
                .Message.ShouldStartWith($"Another process is saving an ensemble in '{folder}'");
        }

        Directory.Exists(Path.Combine(runs.Tiny.Root, "deep")).ShouldBeFalse();
        using var session2 = new EnsembleSession(new EnsembleRequest { Runs = [runs.A] });
        Should.Throw<FineTuneException>(() => session2.Reserve(runs.B))
            .Message.ShouldContain("holds a run already; give a folder that is new or empty");
        Should.Throw<FineTuneException>(() => session2.Reserve(Path.Combine(runs.Tiny.Data, "kept")))
            .Message.ShouldContain("lies in the data folder");
    }

    /// <summary>What a process leaves that is killed while it saves.</summary>
    [Fact]
    public void A_save_that_was_killed_is_in_nobodys_way()
    {
        var folder = Saved("killed");
        File.Delete(Path.Combine(folder, "ensemble.json"));
        File.WriteAllText(Path.Combine(folder, "lock"), string.Empty);
        File.WriteAllText(Path.Combine(folder, "members", "003.safetensors.123.tmp"), "x");
        Should.Throw<FineTuneException>(() => new RunSession(folder)).Message.ShouldContain("was stopped before it was saved");
        using (var session = new EnsembleSession(new EnsembleRequest { Runs = [runs.A, runs.B] }))
        {
            session.Evaluate();
            session.Save(folder);
        }

        Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f))
            .Order(StringComparer.Ordinal)
            .ShouldBe(["ensemble.json", "images.json", "members/001.safetensors", "members/002.safetensors"]);
        var foreign = Path.Combine(runs.Tiny.Root, "foreign", "members", "001.safetensors");
        Directory.CreateDirectory(Path.GetDirectoryName(foreign)!);
        File.WriteAllText(foreign, "mine");
        using var session2 = new EnsembleSession(new EnsembleRequest { Runs = [runs.A] });
        Should.Throw<FineTuneException>(() => session2.Reserve(Path.Combine(runs.Tiny.Root, "foreign")))
            .Message.ShouldContain("is not empty");
    }

    private string Saved(string name)
    {
        var folder = Path.Combine(runs.Tiny.Root, name);
        using var session = new EnsembleSession(new EnsembleRequest { Runs = [runs.A] });
        session.Evaluate();
        session.Save(folder);
        return folder;
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
}
