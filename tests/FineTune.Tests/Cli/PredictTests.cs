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
        Finetune.Run("train", "--out", "nowhere", "--resume").ShouldFail("'nowhere' is no run");
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
    public void Split_that_is_not_there_is_answered_with_those_that_are() =>
        Finetune.Run("eval", "--run", run.Folder, "--split", "vla").ShouldFail("has no vla images, but train and val");

    [Theory]
    [InlineData("best:9")]
    [InlineData("worst:1")]
    [InlineData("best:0")]
    public void Members_that_are_not_there_are_refused(string members) => Finetune.Run("ensemble", "--run", run.Folder, "--members", members).ShouldFail("Members");
}
