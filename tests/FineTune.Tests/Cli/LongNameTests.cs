using FineTune.Tests.Data;

namespace FineTune.Tests.Cli;

public sealed class LongNameTests
{
    private const int WidestLine = 120;

    private static readonly string Long = $"{new string('a', 100)}{new string('z', 100)}";

    [Theory]
    [InlineData("crab", 8, "crab")]
    [InlineData("12345678", 8, "12345678")]
    [InlineData("123456789", 8, "1234…789")]
    [InlineData("ab\U0001F980\U0001F980\U0001F980ef", 6, "ab…ef")] // no character of two units is cut in half
    public void A_long_text_is_shortened_in_the_middle(string text, int most, string shortened) => ShortText.Of(text, most)
        .ShouldBe(shortened);

    [Fact]
    public void A_long_class_name_does_not_break_the_table_of_inspect_and_json_keeps_it()
    {
        using var tree = new ImageTree().Images(Long, 2).Images("bee", 2, firstValue: 10);

        var table = Finetune.Run("inspect", tree.Root).ShouldSucceed().Out;

        table.Split('\n').ShouldAllBe(line => line.Length <= WidestLine);
        table.ShouldContain("aaa…zzz");
        Finetune.Run("inspect", tree.Root, "--json").ShouldSucceed().Out.ShouldContain($"\"{Long}\"");
    }
}
