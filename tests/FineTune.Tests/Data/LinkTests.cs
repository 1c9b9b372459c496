using FineTune.Data;

namespace FineTune.Tests.Data;

/// <summary>Each real file counts once, whatever links lead to it.</summary>
public sealed class LinkTests : IDisposable
{
    private readonly ImageTree _tree = new ImageTree().Images("a", 3).Images("b", 4);

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("a/all", ".")]
    [InlineData("b/up", "..")]
    [InlineData("b/other", "../a")]
    public void A_link_to_a_folder_that_is_read_already_is_listed_and_adds_nothing(string link, string target)
    {
        Link(link, target);
        Link(link + "2", target);

        var data = ImageFolder.Open(_tree.Root);

        Counts(data).ShouldBe([3, 4]);
        data.LeftOut.ShouldAllBe(
            f => f.Path.StartsWith(link, StringComparison.Ordinal) && f.Reason.StartsWith("the same as '", StringComparison.Ordinal));
        data.LeftOut.Count.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public void Links_into_each_other_leave_each_class_its_own_files()
    {
        Link("a/x", "../b");
        Link("b/y", "../a");

        var data = ImageFolder.Open(_tree.Root);

        Counts(data).ShouldBe([3, 4]);
        data.LeftOut.ShouldBe([
            new LeftOutFile("a/x", "the same as 'b', which is read already"),
            new LeftOutFile("b/y", "the same as 'a', which is read already"),
        ]);
    }

    [Fact]
    public void A_link_to_a_file_of_another_class_is_listed()
    {
        File.CreateSymbolicLink(_tree.PathOf("a/0.bmp"), "../b/000.bmp");
        File.CreateSymbolicLink(_tree.PathOf("b/gone.bmp"), "nowhere.bmp");
        File.CreateSymbolicLink(_tree.PathOf("b/self.bmp"), "self.bmp");

        var data = ImageFolder.Open(_tree.Root);

        Counts(data).ShouldBe([3, 6]); // what leads nowhere is an image that cannot be read
        data.LeftOut.ShouldBe([new LeftOutFile("a/0.bmp", "the same as 'b/000.bmp', which is read already")]);
    }

    [Fact]
    public void A_split_that_is_a_link_to_another_is_said_to_be_so()
    {
        using var tree = new ImageTree().Images("train/a", 2).Images("train/b", 2);
        Directory.CreateSymbolicLink(tree.PathOf("val"), "train");

        Should.Throw<FineTuneException>(() => ImageFolder.Open(tree.Root)).Message.ShouldContain("since 'val/a' is the same as 'train/a'");
    }

    private static IEnumerable<int> Counts(Dataset data) =>
        data.Split("all").CountBy(s => s.Label).OrderBy(p => p.Key).Select(p => p.Value);

    private void Link(string link, string target) => Directory.CreateSymbolicLink(_tree.PathOf(link), target);
}
