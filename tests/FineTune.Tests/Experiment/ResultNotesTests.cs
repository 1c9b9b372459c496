using FineTune.Data;
using FineTune.Ensemble;
using FineTune.Experiment;
using FineTune.Experiment.Compare;
using FineTune.Experiment.Ensembles;
using FineTune.Tests.Train;
using FineTune.Train;

namespace FineTune.Tests.Experiment;

/// <summary>What stands beside a result: which weights it is of, what was left out, and what was trained on.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class ResultNotesTests : IDisposable
{
    private readonly TinyRun _tiny = new();
    private readonly RunFolder _folder;

    public ResultNotesTests() => _folder = _tiny.Folder("run");

    private Recipe Recipe => _tiny.Recipe with { Epochs = 2 };

    [Fact]
    public void Comparing_one_run_tells_what_changed_and_why_nothing_could_be_measured()
    {
        _tiny.Start(Recipe, _folder);
        File.Delete(Validation()[0]);
        RunComparison.Of([_folder.Path]).Notes.ShouldHaveSingleItem().ShouldStartWith("1 image is not in the data folder any more: ");
        Directory.Move(_tiny.Data, _tiny.Data + "-away");
        RunComparison.Of([_folder.Path]).Notes.ShouldHaveSingleItem().ShouldContain("say by --data where they are");
    }

    [Fact]
    public void A_checkpoint_of_a_run_is_not_measured_on_what_the_run_was_trained_on()
    {
        _tiny.Start(Recipe, _folder);
        using var model = LoadedModel.Open(null, _folder.Best);
        var session = new WeightsSession(model, _tiny.Data, OnBadFile.Fail, _folder.Best);
        session.Samples(SplitName.All).Samples.Count.ShouldBe(15);
        session.Notes.ShouldBe([$"36 images are left out: the run '{_folder.Path}' was trained on them."]);
    }

    [Fact]
    public void Copies_of_training_images_are_told_where_they_are_measured()
    {
        foreach (var file in Validation().Take(2))
        {
            var copy = Path.ChangeExtension(file.Replace("/val/", "/train/", StringComparison.Ordinal), "copy.jpg");
            File.Copy(file, copy);
        }

        _tiny.Start(Recipe with { AllowDuplicates = true }, _folder);
        const string Says = "2 of the 15 val images were trained on too: accuracy measured on them is misleading.";
        var session = new RunSession(_folder.Path);
        session.Samples();
        session.Notes.ShouldBe([Says]);
        RunComparison.Of([_folder.Path]).Notes.ShouldContain(Says);
        session.Samples(SplitName.Train);
        session.Notes.ShouldBe([Says], "training images are trained on, which is no news");
    }

    [Fact]
    public void Weights_that_stand_in_for_those_that_are_missing_are_told()
    {
        _tiny.Start(Recipe, _folder);
        File.Delete(_folder.Last);
        Notes("last").ShouldBe([$"'{_folder.Last}' is missing: the weights are those of the checkpoint before it."]);
        Notes("best").ShouldBeEmpty();
        File.Delete(_folder.Best);
        Notes("best").ShouldBe(
        [
            $"'{_folder.Best}' is missing: the weights are those of the last checkpoint, not of the best epoch.",
            $"'{_folder.Last}' is missing: the weights are those of the checkpoint before it.",
        ]);
        using var model = LoadedModel.Open(null, _folder.Path);
        model.Notes.ShouldBe(Notes("best"), "a run's folder given as weights says the same");

        IReadOnlyList<string> Notes(string weights)
        {
            var session = new RunSession(_folder.Path, weights: weights);
            session.OpenResult().Dispose();
            return session.Notes;
        }
    }

    [Fact]
    public void A_stopped_run_that_is_given_as_weights_is_told_to_be_one()
    {
        _tiny.StartAndStop(Recipe, _folder, 2);
        using var model = LoadedModel.Open(null, _folder.Path);
        model.Notes.ShouldHaveSingleItem().ShouldStartWith($"No epoch of the run '{_folder.Path}' has ended");
    }

    [Fact]
    public void What_is_left_out_of_a_folder_that_is_measured_is_told()
    {
        var (a, b) = (Validation()[0], Validation()[6]);
        byte[] heic = [.. "\0\0\0\u0018ftypheic"u8, .. new byte[32]];
        foreach (var name in new[] { "1.heic", "2.heic", "3.heic", "4.heic" })
            File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(a)!, name), heic);
        File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(a)!, "cut.jpg"), [0xFF, 0xD8, 0xFF]);
        File.Copy(a, Path.Combine(Path.GetDirectoryName(b)!, "copy.jpg"));
        using var model = WeightsSession.OpenModel("cifar_resnet20", "attic");
        var classes = Directory.GetDirectories(Path.Combine(_tiny.Data, "val")).Select(d => Path.GetFileName(d)!).Order().ToArray();
        var probe = new Probe(Recipe with { OnBadFile = OnBadFile.Skip, AllowDuplicates = true });
        var folder = Path.GetRelativePath(_tiny.Data, Path.GetDirectoryName(a)!);

        probe.Notes.Count.ShouldBe(3);
        probe.Notes[0].ShouldStartWith($"1 image of '{_tiny.Data}' is in several classes: ");
        var three = $"'{folder}/1.heic', '{folder}/2.heic', '{folder}/3.heic'";
        probe.Notes.ShouldContain(n => n.StartsWith($"{three} and 1 more are left out: HEIC"));
        probe.Notes.ShouldContain(n => n.StartsWith($"'{folder}/cut.jpg' is left out: "));

        foreach (var name in Directory.GetDirectories(_tiny.Data).SelectMany(Directory.GetDirectories).Where(d => d.EndsWith(classes[2])))
            Directory.Delete(name, recursive: true);
        using var own = LoadedModel.Open(null, Trained());
        new WeightsSession(own, _tiny.Data, OnBadFile.Skip).Notes.ShouldBe(probe.Notes);
    }

    [Fact]
    public void A_class_without_validation_images_is_told_in_all_that_the_run_leaves()
    {
        var missing = Directory.GetDirectories(Path.Combine(_tiny.Data, "val")).Order(StringComparer.Ordinal).Last();
        Directory.Delete(missing, recursive: true);
        var note = $"no validation image of class '{Path.GetFileName(missing)}'";
        using (var experiment = FineTune.Experiment.Experiment.Prepare(Recipe, _folder))
        {
            experiment.Notes.Count(n => n == note).ShouldBe(1);
            TrainingRun.Start(experiment);
        }

        File.ReadAllText(_folder.Manifest).ShouldContain($"\"{note.Replace("'", "\\u0027", StringComparison.Ordinal)}\"");
        File.ReadAllText(_folder.Report).ShouldContain(FineTune.Experiment.Report.Html.Escape(note));
        RunComparison.Of([_folder.Path]).Notes.ShouldContain(note);
        using var ensemble = new EnsembleSession(new EnsembleRequest { Runs = [_folder.Path] });
        ensemble.Evaluate();
        ensemble.Notes.ShouldContain(note);
    }

    [Fact]
    public void Commands_that_are_proposed_can_be_typed_whatever_the_folder_is_called()
    {
        var folder = _tiny.Folder("it's here");
        _tiny.StartAndStop(Recipe with { Snapshots = 1 }, folder, 2);
        var quoted = $"'{_tiny.Root}/it'\\''s here'";
        var session = new RunSession(folder.Path);
        Should.Throw<FineTuneException>(() => session.Ensemble(MemberSelection.All)).Message
            .ShouldEndWith($"go on with `finetune train --out {quoted} --resume`.");
        Should.Throw<FineTuneException>(() => session.Samples("test")).Message
            .ShouldEndWith($"measure on other images by `finetune eval --data FOLDER --weights {quoted}`.");
        Should.Throw<FineTuneException>(() => _tiny.Resume(folder, ["batch=3"])).Message.ShouldEndWith($"(--weights {quoted}).");
        File.Delete(folder.Images);
        Should.Throw<FineTuneException>(() => new RunSession(folder.Path)).Message
            .ShouldEndWith($"by `finetune eval --data FOLDER --weights {quoted}`.");
        Should.Throw<FineTuneException>(() => _tiny.Resume(folder, [])).Message.ShouldEndWith($"(--weights {quoted}).");
    }

    [Fact]
    public void Whatever_a_run_left_among_the_images_is_passed_over_or_named()
    {
        _tiny.Start(Recipe with { MaxPixels = 5000 }, _folder);
        var flat = Path.Combine(_tiny.Data, "train");
        var count = ImageFolder.Open(flat).Split(SplitName.All).Count;
        var runs = Directory.CreateDirectory(Path.Combine(flat, "runs")).FullName;
        using (var ensemble = new EnsembleSession(new EnsembleRequest { Runs = [_folder.Path] }))
        {
            ensemble.Evaluate();
            ensemble.Save(Path.Combine(_tiny.Root, "kept"));
        }

        new SavedEnsembleSession(Path.Combine(_tiny.Root, "kept")).Limits.MaxPixels.ShouldBe(5000, "as the run had it");

        Directory.Move(Path.Combine(_tiny.Root, "kept"), Path.Combine(flat, "kept"));
        Directory.Move(_folder.Path, Path.Combine(runs, "a"));
        File.WriteAllText(Path.Combine(runs, ".DS_Store"), "x");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(flat, "swept")).FullName, "sweep.json"), "{}");
        var found = ImageFolder.Open(flat);
        (found.Classes.Count, found.Split(SplitName.All).Count).ShouldBe((3, count));
        File.WriteAllText(Path.Combine(runs, "notes.txt"), "words");
        Should.Throw<FineTuneException>(() => ImageFolder.Open(flat)).Message
            .ShouldBe($"Class 'runs' of '{flat}' (train) holds no image, but a run ('a'): keep runs out of the folder of images.");
    }

    public void Dispose() => _tiny.Dispose();

    /// <summary>Validation images, five of each of three classes.</summary>
    private string[] Validation() =>
        [.. Directory.GetFiles(Path.Combine(_tiny.Data, "val"), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>A network of the two classes that are left, saved by itself.</summary>
    private string Trained()
    {
        using var other = new TinyRun();
        foreach (var folder in Directory.GetDirectories(other.Data).SelectMany(d => Directory.GetDirectories(d).Order().Skip(2)))
            Directory.Delete(folder, recursive: true);
        var run = other.Folder("two");
        other.Start(Recipe with { Data = other.Data, Epochs = 1, Snapshots = 0 }, run);
        var file = Path.Combine(_tiny.Root, "two.safetensors");
        File.Copy(run.Best, file);
        return file;
    }
}
