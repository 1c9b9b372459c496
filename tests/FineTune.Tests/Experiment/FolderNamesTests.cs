using FineTune.Experiment;

namespace FineTune.Tests.Experiment;

public sealed class FolderNamesTests
{
    [Theory]
    [InlineData("ant", "ant")]
    [InlineData("sea star 2", "sea star 2")]
    [InlineData("Ölkäfer", "Ölkäfer")]
    [InlineData("../../etc", "_.._.._etc")]
    [InlineData("..", "_")]
    [InlineData("", "_")]
    [InlineData(".hidden", "_.hidden")]
    [InlineData("-rf", "_-rf")]
    [InlineData("a/b\\c:d", "a_b_c_d")]
    [InlineData("line\nbreak\u202e", "line_break_")]
    [InlineData("dots...", "dots")]
    [InlineData("nul", "_nul")]
    [InlineData("COM1.jpg", "_COM1.jpg")]
    [InlineData("console", "console")]
    public void A_name_that_is_not_safe_as_a_folder_is_changed(string name, string folder) => FolderNames.Of([name]).ShouldBe([folder]);

    [Fact]
    public void Names_that_become_alike_get_a_number_and_safe_ones_stay()
    {
        FolderNames.Of(["a/b", "a_b", "a:b"]).ShouldBe(["a_b_2", "a_b", "a_b_3"]);
        FolderNames.Of(["ant", "Ant", "abstained", "abstained"]).ShouldBe(["ant", "Ant_2", "abstained", "abstained_2"]);
        FolderNames.Of(["caf\u00e9", "cafe\u0301"]).ShouldBe(["caf\u00e9", "cafe\u0301_2"]); // one name on macOS
    }

    [Fact]
    public void Half_a_surrogate_pair_is_replaced() => FolderNames.Of(["half \ud800"]).ShouldBe(["half \ufffd"]);

    [Fact]
    public void A_long_name_is_cut_between_characters()
    {
        var cut = FolderNames.Of([new string('a', 199) + "öö"]).ShouldHaveSingleItem();
        cut.ShouldBe(new string('a', 199));
    }
}
