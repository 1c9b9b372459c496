using FineTune.Tests.Data;

namespace FineTune.Tests.Cli;

public sealed class BadDataTests : IDisposable
{
    private readonly ImageTree _tree = Photos.AntsAndBees();

    public void Dispose()
    {
        Directory.Exists(_tree.PathOf("run")).ShouldBeFalse("a failure must leave no run folder");
        _tree.Dispose();
    }

    [Fact]
    public void Missing_folder_is_named()
    {
        Finetune.Run(_tree.Training("--data", _tree.PathOf("nowhere"))).Code.ShouldBe(2); // --data twice
        Directory.Move(_tree.PathOf("data"), _tree.PathOf("elsewhere"));

        Finetune.Run(_tree.Training()).ShouldFail(_tree.PathOf("data"), "does not exist");
    }

    [Fact]
    public void One_class_is_too_few()
    {
        Directory.Delete(_tree.PathOf("data/bee"), recursive: true);

        Finetune.Run(_tree.Training()).ShouldFail("one class only ('ant')", "at least two");
    }

    [Fact]
    public void Empty_class_is_named()
    {
        _tree.Folder("data/cat");

        Finetune.Run(_tree.Training()).ShouldFail("cat", "no image");
    }

    [Fact]
    public void Corrupt_image_is_named_with_its_reason_and_a_way_on()
    {
        Corrupt();

        Finetune.Run(_tree.Training()).ShouldFail("1 of 8 images", "ant/000.bmp", "--on-bad-file skip");
    }

    [Fact]
    public void Failure_shows_where_it_came_from_when_asked()
    {
        Corrupt();

        var outcome = Finetune.Run(_tree.Training("--verbose"));

        outcome.Code.ShouldBe(1);
        outcome.Error.ShouldContain("   at FineTune.");
    }

    [Fact]
    public void Inspect_lists_the_corrupt_image_and_fails()
    {
        Corrupt();

        var outcome = Finetune.Run("inspect", _tree.PathOf("data"));

        outcome.Code.ShouldBe(1);
        outcome.Out.ShouldContain("UNREADABLE: ant/000.bmp");
    }

    private void Corrupt()
    {
        var path = _tree.PathOf("data/ant/000.bmp");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..200]);
    }
}
