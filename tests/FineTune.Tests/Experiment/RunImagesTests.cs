using System.Text.Json.Nodes;
using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Experiment;
using FineTune.Tests.Train;
using FineTune.Train;

namespace FineTune.Tests.Experiment;

/// <summary>A run knows the images that it was made from, file by file.</summary>
[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class RunImagesTests : IDisposable
{
    private readonly TinyRun _tiny = new();
    private readonly RunFolder _folder;
    private readonly string _flat;

    public RunImagesTests()
    {
        _folder = _tiny.Folder("run");
        _flat = Path.Combine(_tiny.Root, "flat");
        Directory.Move(Path.Combine(_tiny.Data, "train"), _flat); // three classes of 12, of which some are drawn for validation
    }

    private Recipe Recipe => _tiny.Recipe with { Data = _flat, Epochs = 2, ValFraction = 0.3 };

    [Fact]
    public void A_drawn_split_is_kept_and_measured_on_whatever_comes_later()
    {
        var result = _tiny.Start(Recipe, _folder);
        var before = Validation();
        foreach (var file in Directory.GetFiles(_flat, "*.jpg", SearchOption.AllDirectories).Take(9))
            // copies of images that it was trained on, among others
            File.Copy(file, Path.Combine(Path.GetDirectoryName(file)!, $"0-{Path.GetFileName(file)}"));
        var session = new RunSession(_folder.Path);
        session.Samples().Samples.Select(s => Path.GetRelativePath(_flat, s.Path)).ShouldBe(before);
        session.Notes.ShouldHaveSingleItem().ShouldStartWith("9 images are new in the data folder and not used: ");
        using var model = session.OpenResult();
        Score.Of(session.Predict(model, session.Samples().Samples)).Top1.ShouldBe(result.BestTop1);
        session.Ensemble(MemberSelection.All, null).Ensemble.N.ShouldBe(before.Length);
    }

    [Fact]
    public void What_went_or_changed_is_named_and_not_measured_on()
    {
        _tiny.Start(Recipe, _folder);
        var names = Validation();
        File.Delete(Path.Combine(_flat, names[0]));
        File.Copy(Path.Combine(_flat, names[2]), Path.Combine(_flat, names[1]), overwrite: true);
        var session = new RunSession(_folder.Path);
        session.Samples().Samples.Select(s => Path.GetRelativePath(_flat, s.Path)).ShouldBe(names[2..]);
        session.Notes.ShouldBe([$"1 image is not in the data folder any more: '{names[0]}'.", "1 image is changed since the run was "
            + $"trained and not used: '{names[1]}'."]);
        foreach (var name in names)
            File.Delete(Path.Combine(_flat, name));
        Should.Throw<FineTuneException>(() => new RunSession(_folder.Path).Samples())
            .Message.ShouldStartWith("None of the run's val images is in");
        Should.Throw<FineTuneException>(() => new RunSession(_folder.Path).Samples("test"))
            .Message.ShouldContain("has no test images, but train and val");
    }

    [Fact]
    public void Images_are_found_beside_a_run_that_moved_with_them_and_where_they_are_said_to_be()
    {
        _tiny.Start(Recipe, _folder);
        var names = Validation();
        var moved = Directory.CreateDirectory(Path.Combine(_tiny.Root, "moved")).FullName;
        Directory.Move(_flat, Path.Combine(moved, "flat"));
        Should.Throw<FineTuneException>(() => new RunSession(_folder.Path).Samples()).Message.ShouldContain("say by --data where they are");
        Should.Throw<FineTuneException>(() => new RunSession(_folder.Path, data: Path.Combine(_tiny.Data, "val")).Samples())
            .Message.ShouldStartWith("None of the run's val images is in");
        new RunSession(_folder.Path, data: Path.Combine(moved, "flat")).Samples().Samples.Count.ShouldBe(names.Length);
        Directory.Move(_folder.Path, Path.Combine(moved, "run"));
        new RunSession(Path.Combine(moved, "run")).Samples().Samples.Count.ShouldBe(names.Length);
    }

    [Fact]
    public void A_list_of_images_that_leads_out_of_the_folder_is_refused()
    {
        _tiny.Start(Recipe with { Epochs = 1, Snapshots = 0 }, _folder);
        var json = JsonNode.Parse(File.ReadAllText(_folder.Images))!;
        json["images"]![0]!["path"] = "../run/recipe.yaml";
        File.WriteAllText(_folder.Images, json.ToJsonString());
        Should.Throw<FineTuneException>(() => new RunSession(_folder.Path)).Message.ShouldContain("is not the list of a run's images");
    }

    [Fact]
    public void A_runs_folder_stands_for_its_weights_and_what_it_was_trained_on_is_left_out()
    {
        _tiny.Start(Recipe, _folder);
        using var model = LoadedModel.Open(null, _folder.Path);
        model.Source.ShouldBe(_folder.Best);
        var session = new WeightsSession(model, _flat, FineTune.Data.OnBadFile.Fail, _folder.Path);
        session.Samples(null).Samples.Select(s => Path.GetRelativePath(_flat, s.Path)).ShouldBe(Validation());
        session.Notes.ShouldHaveSingleItem().ShouldContain("was trained on them");
        _tiny.Start(Recipe with { Weights = _folder.Path, Epochs = 1, Snapshots = 0 }, _tiny.Folder("next")).Finished.ShouldBeTrue();
    }

    [Fact]
    public void A_run_within_its_own_images_is_refused_before_anything_is_written()
    {
        var inside = new RunFolder(Path.Combine(_flat, "runs", "a"));
        Should.Throw<FineTuneException>(() => _tiny.Start(Recipe, inside)).Message.ShouldContain("lies in the data folder");
        Directory.Exists(Path.Combine(_flat, "runs")).ShouldBeFalse();
        var link = Path.Combine(_tiny.Root, "link");
        Directory.CreateSymbolicLink(link, _flat);
        Should.Throw<FineTuneException>(() => _tiny.Start(Recipe, new RunFolder(Path.Combine(link, "a"))))
            .Message.ShouldContain("lies in the data folder");
    }

    [Fact]
    public void Runs_that_lie_among_the_images_are_passed_over()
    {
        _tiny.Start(Recipe, _folder);
        var count = FineTune.Data.ImageFolder.Open(_flat).Split("all").Count;
        Directory.CreateDirectory(Path.Combine(_flat, "runs"));
        Directory.Move(_folder.Path, Path.Combine(_flat, "runs", "a"));
        var found = FineTune.Data.ImageFolder.Open(_flat);
        (found.Classes.Count, found.Split("all").Count, found.Ignored).ShouldBe((3, count, 1));
        new RunSession(Path.Combine(_flat, "runs", "a")).Samples().Samples.Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_run_stopped_in_its_first_epoch_says_that_none_has_ended()
    {
        _tiny.StartAndStop(Recipe, _folder, 2);
        var session = new RunSession(_folder.Path);
        using var model = session.OpenResult();
        session.Notes.ShouldHaveSingleItem().ShouldContain("No epoch of the run");
    }

    [Theory]
    [InlineData("best")]
    [InlineData("last")]
    public void The_result_is_the_same_in_the_report_the_evaluation_and_the_summary(string weights)
    {
        var result = _tiny.Start(
            Recipe with { Epochs = 4, Snapshots = 0, ResultWeights = weights, Optimizer = new NamedSpec("sgd").With("lr", 0.5) }, _folder);
        var session = new RunSession(_folder.Path);
        session.ResultWeights.ShouldBe(weights == "best" ? _folder.Best : _folder.Last);
        using var model = session.OpenResult();
        var top1 = Score.Of(session.Predict(model, session.Samples().Samples)).Top1;
        top1.ShouldBe(weights == "best" ? result.BestTop1 : result.Last!.Top1);
        result.Result!.Top1.ShouldBe(top1);
        RunSummary.Read(_folder.Path).Top1.ShouldBe(top1);
        File.ReadAllText(_folder.Report).ShouldContain(FormattableString.Invariant($"<dd class=\"big\">{100 * top1:0.0}%<small>"));
        File.ReadAllText(_folder.Report).ShouldContain($"the {weights} weights, those of epoch");
    }

    [Fact]
    public void The_same_image_in_two_splits_or_classes_stops_a_run_unless_it_is_allowed()
    {
        var recipe = _tiny.Recipe with { Epochs = 1, Snapshots = 0 };
        Directory.Move(_flat, Path.Combine(_tiny.Data, "train"));
        var train = Directory.GetFiles(Path.Combine(_tiny.Data, "train", "crab")).Order(StringComparer.Ordinal).First();
        var copy = Path.Combine(_tiny.Data, "val", "crab", "copy.jpg");
        File.Copy(train, copy);
        var message = Should.Throw<FineTuneException>(() => _tiny.Start(recipe, _folder)).Message;
        message.ShouldContain(
            $"1 image of '{_tiny.Data}' is in several splits: 'train/crab/{Path.GetFileName(train)}' = 'val/crab/copy.jpg'");
        message.ShouldContain("--allow-duplicates");
        Directory.Exists(_folder.Path).ShouldBeFalse();
        _tiny.Start(recipe with { AllowDuplicates = true }, _folder);
        File.ReadAllText(_folder.Report).ShouldContain("is in several splits");
        JsonNode.Parse(File.ReadAllText(_folder.Manifest))!["duplicates"]![0]!["across_splits"]!.GetValue<bool>().ShouldBeTrue();

        File.Move(copy, Path.Combine(_tiny.Data, "train", "fish", "copy.jpg"));
        Should.Throw<FineTuneException>(() => _tiny.Start(recipe, _tiny.Folder("other"))).Message.ShouldContain("is in several classes");
    }

    public void Dispose() => _tiny.Dispose();

    private string[] Validation() => [.. RunImages.Read(_folder)!.Of("val").OrderBy(i => i.Class, StringComparer.Ordinal)
        .ThenBy(i => i.Path, StringComparer.Ordinal).Select(i => i.Path)];
}
