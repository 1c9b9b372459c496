using System.Text;
using FineTune.Cli;

namespace FineTune.Tests.Cli;

public sealed class ImageNamesTests
{
    [Theory]
    [InlineData("a b.jpg\nc.jpg\n", "a b.jpg", "c.jpg")]
    [InlineData("a.jpg\r\n\r\n  \r\nc.jpg", "a.jpg", "c.jpg")]
    [InlineData("a\nb.jpg\0c.jpg\0", "a\nb.jpg", "c.jpg")] // find -print0
    [InlineData("käfer.jpg", "käfer.jpg")]
    public void Names_are_read_from_the_standard_input(string input, params string[] names)
    {
        Of(["-"], input).ShouldBe(names);
        Of(["x", "-", "y", "-"], input).ShouldBe(["x", .. names, "y"]);
    }

    [Fact]
    public void It_is_not_read_where_it_is_not_asked_for() =>
        ImageNames.Of(["x", "-y"], () => throw new InvalidOperationException("read")).ShouldBe(["x", "-y"]);

    [Fact]
    public void No_name_is_a_failure() =>
        Should.Throw<FineTuneException>(() => Of(["-"], "\n\n")).Message.ShouldContain("standard input names no image");

    private static IReadOnlyList<string> Of(string[] given, string input) =>
        ImageNames.Of(given, () => new MemoryStream(Encoding.UTF8.GetBytes(input)));
}
