namespace FineTune.Tests.Cli;

[Collection(nameof(CliCollection))]
public sealed class PredictTests(TrainedRun run)
{
    [Fact]
    public void Folder_that_is_no_run_is_named()
    {
        Finetune.Run("predict", "--run", run.Data, run.Photo).ShouldFail("is no run", "recipe.yaml");
        Finetune.Run("eval", "--run", "nowhere").ShouldFail("'nowhere' is no run");
        Finetune.Run("ensemble", "--run", run.Data).ShouldFail("is no run");
        Finetune.Run("compare", run.Data).ShouldFail("is no run");
        Finetune.Run("train", "--out", "nowhere", "--resume").ShouldFail("There is no run in 'nowhere' to resume", "without --resume");
    }

    [Fact]
    public void Image_that_is_not_there_is_named() => Finetune.Run("predict", "--run", run.Folder, "nofile.jpg").ShouldFail("'nofile.jpg'");

    [Fact]
    public void Images_that_cannot_be_read_are_named_and_the_others_predicted()
    {
        var cut = run.File("predict/cut.bmp", File.ReadAllBytes(run.Photo)[..200]);
        var text = run.File("predict/notes.txt", "not an image"u8.ToArray());
        var empty = run.File("predict/empty.jpg", []);

        var outcome = Finetune.Run("predict", "--run", run.Folder, cut, text, run.Photo, empty, "--json");

        outcome.Code.ShouldBe(1);
        ((string)outcome.Json.ShouldHaveSingleItem()["path"]!).ShouldBe(run.Photo);
        var problems = outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        problems.Length.ShouldBe(3);
        foreach (var (problem, path) in problems.Zip([cut, text, empty]))
            problem.ShouldContain(path);
    }

    [Fact]
    public void What_a_folder_has_beside_images_is_told_as_left_out()
    {
        byte[] heic = [.. "\0\0\0\u0018ftypheic"u8, .. new byte[32]];
        var folder = Path.GetDirectoryName(run.File("mixed/a.heic", heic))!;
        run.File("mixed/b.jpg", heic);
        run.File("mixed/c.txt", "words"u8.ToArray());
        run.File("mixed/deep/d.bmp", File.ReadAllBytes(run.Photo));
        run.File("mixed/.hidden", [1]);
        run.File("mixed/.e.bmp", File.ReadAllBytes(run.Photo));
        Directory.CreateSymbolicLink(Path.Combine(folder, "all"), ".");
        Directory.CreateSymbolicLink(Path.Combine(folder, "all2"), ".");

        var outcome = Finetune.RunWithin(100, "predict", "--run", run.Folder, folder, "--json").ShouldSucceed();

        outcome.Json.Where(j => j["label"] is not null).Select(j => Path.GetFileName((string)j["path"]!)).ShouldBe(["d.bmp"]);
        var left = outcome.Json.Where(j => j["left_out"] is not null)
            .ToDictionary(j => Path.GetFileName((string)j["path"]!), j => (string)j["left_out"]!);
        left.Keys.Order().ShouldBe([".e.bmp", "a.heic", "all", "all2", "b.jpg", "c.txt"]);
        left[".e.bmp"].ShouldBe("the name begins with a dot, so it counts as hidden");
        left["a.heic"].ShouldStartWith("HEIC is not a format that is read; convert it");
        left["all2"].ShouldContain("read already");
        foreach (var (name, reason) in left)
            outcome.Error.ShouldContain($"{name}: {reason}");
    }

    [Fact]
    public void Nothing_to_predict_is_a_failure()
    {
        var folder = Path.GetDirectoryName(run.File("nothing/c.txt", "words"u8.ToArray()))!;

        var outcome = Finetune.Run("predict", "--run", run.Folder, folder);
        outcome.ShouldFailInTheEnd("no image to predict", folder);
        outcome.Error.ShouldContain("c.txt: neither its bytes nor its ending");
        File.Delete(Path.Combine(folder, "c.txt"));
        Finetune.Run("predict", "--run", run.Folder, folder).ShouldFail("no image to predict", folder);
    }

    [Fact]
    public void Split_that_is_not_there_is_answered_with_those_that_are() =>
        Finetune.Run("eval", "--run", run.Folder, "--split", "vla").ShouldFail("has no vla images, but train and val");

    [Theory]
    [InlineData("best:9")]
    [InlineData("worst:1")]
    [InlineData("best:0")]
    public void Members_that_are_not_there_are_refused(string members) =>
        Finetune.Run("ensemble", "--run", run.Folder, "--members", members).ShouldFail("Members");
}
