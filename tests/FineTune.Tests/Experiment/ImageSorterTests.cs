using FineTune.Experiment;
using FineTune.Tests.Data;

namespace FineTune.Tests.Experiment;

public sealed class ImageSorterTests : IDisposable
{
    private readonly ImageTree _tree = new ImageTree().Bytes("in/x.jpg", [1]).Bytes("in/deep/x.jpg", [2]).Bytes("in/deep/x", [3]);

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void A_name_that_is_taken_gets_a_number_and_nothing_is_overwritten_or_moved()
    {
        _tree.Bytes("out/ant/x-2.jpg", [9]);
        var sorter = Sorter("out");

        sorter.Copy(Answer("in/x.jpg")).ShouldBe(_tree.PathOf("out/ant/x.jpg"));
        sorter.Copy(Answer("in/deep/x.jpg")).ShouldBe(_tree.PathOf("out/ant/x-3.jpg"));
        sorter.Copy(Answer("in/deep/x")).ShouldBe(_tree.PathOf("out/ant/x"));

        sorter.Copied.ShouldBe(3);
        Bytes("out/ant/x.jpg", "out/ant/x-2.jpg", "out/ant/x-3.jpg", "out/ant/x").ShouldBe([1, 9, 2, 3]);
        Bytes("in/x.jpg", "in/deep/x.jpg", "in/deep/x").ShouldBe([1, 2, 3]);
        Directory.GetFileSystemEntries(_tree.PathOf("out"), "*", SearchOption.AllDirectories).Length.ShouldBe(5); // nothing half-written
    }

    [Fact]
    public void The_same_call_again_copies_nothing_twice()
    {
        string[] images = ["in/x.jpg", "in/deep/x.jpg", "in/deep/x"];
        string[] Sorted(ImageSorter sorter) => [.. images.Select(i => sorter.Copy(Answer(i)))];
        var copies = Sorted(Sorter("out"));
        var again = Sorter("out");
        Sorted(again).ShouldBe(copies);
        (again.Copied, again.Kept).ShouldBe((0, 3));
        Directory.GetFileSystemEntries(_tree.PathOf("out"), "*", SearchOption.AllDirectories).Length.ShouldBe(4);
    }

    [Fact]
    public void What_the_model_abstains_on_has_a_folder_of_its_own_also_where_a_class_has_its_name()
    {
        Sorter("out").Copy(Answer("in/x.jpg") with { Abstains = true }).ShouldBe(_tree.PathOf("out/abstained/x.jpg"));
        new ImageSorter(_tree.PathOf("other"), ["ant", "abstained"], []).Copy(Answer("in/x.jpg") with { Abstains = true })
            .ShouldBe(_tree.PathOf("other/abstained_2/x.jpg"));
    }

    [Fact]
    public void A_class_that_is_no_folder_name_is_noted()
    {
        var sorter = new ImageSorter(_tree.PathOf("out"), ["ant", "../bee"], []);
        sorter.Notes.ShouldBe(["the folder of class '../bee' is '_.._bee'"]);
        sorter.Copy(Answer("in/x.jpg") with { Label = "../bee" }).ShouldBe(_tree.PathOf("out/_.._bee/x.jpg"));
    }

    [Theory]
    [InlineData("in")]
    [InlineData("in/sorted")]
    [InlineData("link/sorted")]
    public void Copies_do_not_lie_among_the_images_that_are_read(string folder)
    {
        Directory.CreateSymbolicLink(_tree.PathOf("link"), _tree.PathOf("in"));
        Should.Throw<FineTuneException>(() => new ImageSorter(_tree.PathOf(folder), ["ant"], [_tree.PathOf("in")]))
            .Message.ShouldContain("lies in");
        Directory.Exists(_tree.PathOf("in/sorted")).ShouldBeFalse();
        new ImageSorter(_tree.PathOf("in2"), ["ant"], [_tree.PathOf("in")]).Copied.ShouldBe(0); // not within, though it begins alike
    }

    [Fact]
    public void What_cannot_be_written_or_read_is_said()
    {
        Should.Throw<FineTuneException>(() => Sorter("in/x.jpg")).Message.ShouldContain("it is a file");
        var sorter = Sorter("out");
        _tree.Bytes("out/ant", [1]);
        Should.Throw<FineTuneException>(() => sorter.Copy(Answer("in/x.jpg"))).Message.ShouldContain("cannot be copied into");
        sorter.Copied.ShouldBe(0);
    }

    private ImageSorter Sorter(string folder) => new(_tree.PathOf(folder), ["ant", "bee"], []);

    private ImageAnswer Answer(string path) => new(_tree.PathOf(path), "ant", [("ant", 0.7), ("bee", 0.3)], null);

    private IEnumerable<byte> Bytes(params string[] paths) => paths.Select(p => File.ReadAllBytes(_tree.PathOf(p)).ShouldHaveSingleItem());
}
