namespace FineTune.Tests.Cli;

public sealed class SkippedFileTests
{
    [Fact]
    public void Corrupt_image_is_left_out_when_asked()
    {
        using var tree = Photos.AntsAndBees().Pictures("data/ant", 5);
        File.WriteAllBytes(tree.PathOf("data/ant/004.bmp"), File.ReadAllBytes(tree.PathOf("data/ant/004.bmp"))[..200]);

        var outcome = Finetune.Run(tree.Training("--on-bad-file", "skip")).ShouldSucceed();

        outcome.Error.ShouldContain("left out   ant/004.bmp");
        File.ReadAllText(tree.PathOf("run/manifest.json")).ShouldContain("ant/004.bmp");
    }
}
