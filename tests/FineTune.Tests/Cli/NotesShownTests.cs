using FineTune.Tests.Data;
using FineTune.Weights;

namespace FineTune.Tests.Cli;

/// <summary>What is to be known of a result is shown by every verb that uses it.</summary>
[Collection(nameof(CliCollection))]
public sealed class NotesShownTests(TrainedRun run) : IDisposable
{
    private readonly ImageTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Images_that_went_are_told_by_every_verb_that_measures_a_run()
    {
        var folder = Moved();
        File.Delete(Path.Combine(_tree.PathOf("data"), "val", "ant", "000.bmp"));
        const string Says = "1 image is not in the data folder any more: 'val/ant/000.bmp'.";

        foreach (var line in new[]
        {
            new[] { "eval", "--run", folder }, ["ensemble", "--run", folder], ["compare", folder],
            ["curvature", "--run", folder, "--images", "2", "--steps", "1", "--trainable", "head"],
            ["gradcheck", "--run", folder, "--images", "2", "--elements", "1"],
        })
        {
            Finetune.Run(line).ShouldSucceed().Error.ShouldContain(Says);
        }
    }

    [Fact]
    public void Weights_that_are_not_those_of_the_end_are_told_by_every_verb_that_opens_them()
    {
        var folder = Moved();
        var best = Path.Combine(folder, "checkpoints", "best.safetensors");
        File.Delete(best);
        var says = $"'{best}' is missing: the weights are those of the last checkpoint, not of the best epoch.";

        Finetune.Run("predict", "--run", folder, run.Photo).ShouldSucceed().Error.ShouldContain(says);
        Finetune.Run("predict", "--weights", folder, run.Photo).ShouldSucceed().Error.ShouldContain(says);
        Finetune.Run("inspect", folder).ShouldSucceed().Error.ShouldContain(says);
        Finetune.Run("export", "--run", folder, "--format", "pth", "--out", _tree.PathOf("a.pth")).ShouldSucceed()
            .Error.ShouldContain(says);
        Finetune.Run("export", "--weights", folder, "--format", "pth", "--out", _tree.PathOf("b.pth")).ShouldSucceed()
            .Error.ShouldContain(says);
    }

    [Fact]
    public void What_was_taken_off_the_names_of_weights_is_told_by_export()
    {
        var state = WeightFile.Read(Path.Combine(run.Folder, "checkpoints", "best.safetensors"));
        var prefixed = new StateDict();
        foreach (var (name, tensor) in state)
            prefixed.Add("module." + name, tensor);
        var path = _tree.PathOf("prefixed.safetensors");
        SafetensorsWriter.Write(path, prefixed);

        Finetune.Run("export", "--model", "cifar_resnet20", "--weights", path, "--format", "pth", "--out", _tree.PathOf("c.pth"))
            .ShouldSucceed().Error.ShouldContain("The prefix 'module.' was taken off");
    }

    [Fact]
    public void Files_that_are_left_out_are_told_by_verbs_that_only_measure()
    {
        byte[] heic = [.. "\0\0\0\u0018ftypheic"u8, .. new byte[32]];
        _tree.Pictures("data/train/ant", 4).Pictures("data/train/bee", 4, 50).Pictures("data/val/ant", 2, 100)
            .Pictures("data/val/bee", 2, 150).Bytes("data/val/ant/x.heic", heic);
        const string Says = "'val/ant/x.heic' is left out: HEIC is not a format that is read";
        string[] weights = ["--weights", Path.Combine(run.Folder, "checkpoints", "best.safetensors")];

        Finetune.Run(["eval", "--data", _tree.PathOf("data"), .. weights]).ShouldSucceed().Error.ShouldContain(Says);
        Finetune.Run(["probe", "--data", _tree.PathOf("data"), .. weights]).ShouldSucceed().Error.ShouldContain(Says);
        Finetune.Run(["find-lr", "--data", _tree.PathOf("data"), "--model", "cifar_resnet20", .. weights, "--iterations", "20"])
            .ShouldSucceed().Error.ShouldContain(Says);
        Finetune.Run("gradcheck", "cifar_resnet20", "--data", _tree.PathOf("data"), "--images", "2", "--elements", "1")
            .ShouldSucceed().Error.ShouldContain(Says);
    }

    [Fact]
    public void A_page_takes_no_other_files_place()
    {
        _tree.Bytes("photo.jpg", [1, 2, 3]).Bytes("page.html", "<!doctype html>\n<html><body>mine</body></html>"u8.ToArray());
        foreach (var place in new[] { _tree.PathOf("photo.jpg"), _tree.PathOf("page.html") })
        {
            var before = File.ReadAllBytes(place);
            string[] says = [$"'{place}' exists and is no page that finetune wrote"];
            Finetune.Run("compare", run.Folder, "--report", place).ShouldFail(says);
            Finetune.Run("ensemble", "--run", run.Folder, "--report", place).ShouldFail(says);
            Finetune.Run("race", "--rules", "sgd", "--on", "ravine", "--steps", "3", "--out", place).ShouldFail(says);
            File.ReadAllBytes(place).ShouldBe(before);
        }

        for (var turn = 0; turn < 2; turn++) // its own page is written anew
            Finetune.Run("compare", run.Folder, "--report", _tree.PathOf("compare.html")).ShouldSucceed();
    }

    [Fact]
    public void A_run_from_a_relative_folder_is_used_from_anywhere()
    {
        _tree.Pictures("data/train/ant", 4).Pictures("data/train/bee", 4, 50).Pictures("data/val/ant", 2, 100)
            .Pictures("data/val/bee", 2, 150);
        string[] train =
            ["train", "--data", "data", "--model", "cifar_resnet20", "--out", "run", "--set", "epochs=1", "batch=4", "optimizer.lr=0.01"];
        Finetune.RunProgram("env", ["-C", _tree.Root, .. Finetune.Program, .. train]).ShouldSucceed();

        Finetune.RunProgram("env", ["-C", "/", .. Finetune.Program, "eval", "--run", _tree.PathOf("run")]).ShouldSucceed();
        FineTune.Experiment.RecipeFile.Read(_tree.PathOf("run/recipe.yaml")).Data.ShouldBe(_tree.PathOf("data"));
    }

    [Fact]
    public void A_run_that_is_lengthened_and_one_whose_last_checkpoint_is_damaged_say_so()
    {
        _tree.Pictures("data/train/ant", 4).Pictures("data/train/bee", 4, 50).Pictures("data/val/ant", 2, 100)
            .Pictures("data/val/bee", 2, 150);
        var folder = _tree.PathOf("run");
        Finetune.Run("train", "--data", _tree.PathOf("data"), "--model", "cifar_resnet20", "--out", folder, "--set", "epochs=2", "batch=4",
            "optimizer.lr=0.01", "schedule=constant").ShouldSucceed();
        Finetune.Run("train", "--out", folder, "--resume", "--set", "epochs=3").ShouldSucceed()
            .Error.ShouldContain("The run goes on to 3 epochs in place of 2: its schedule does not depend on the length so far");

        var last = Path.Combine(folder, "checkpoints", "last.safetensors");
        File.WriteAllBytes(last, File.ReadAllBytes(last)[..1000]);
        var resumed = Finetune.Run("train", "--out", folder, "--resume").ShouldSucceed().Error;
        resumed.ShouldContain(last);
        resumed.ShouldContain("so the run goes on from the one before it");
    }

    [Fact]
    public void A_teacher_is_found_with_its_images_where_both_have_moved()
    {
        var folder = Moved();

        Finetune.Run("distill", "--teacher", folder, "--model", "cifar_resnet20", "--out", _tree.PathOf("student"), "--set", "epochs=1",
            "batch=4", "optimizer.lr=0.01").ShouldSucceed();
    }

    /// <summary>A copy of the run beside a copy of its images, of which nothing is where the run had it.</summary>
    private string Moved()
    {
        foreach (var (from, to) in new[] { (run.Data, _tree.PathOf("data")), (run.Folder, _tree.PathOf("run")) })
        {
            foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }

        var list = _tree.PathOf("run/images.json");
        File.WriteAllText(list, File.ReadAllText(list).Replace(run.Data, "/where/it/was", StringComparison.Ordinal));
        return _tree.PathOf("run");
    }
}
