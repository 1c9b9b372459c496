namespace FineTune.Tests.Text;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("plain \u00e9 \u65e5\u672c \ud83d\udc1d", "plain \u00e9 \u65e5\u672c \ud83d\udc1d")]
    [InlineData("a\u001b[31mb\n\t\u007f\u0085", @"a\x1b[31mb\x0a\x09\x7f\x85")]
    [InlineData("gpj\u202egnp\u2066\u2028\ufeff", @"gpj\u202egnp\u2066\u2028\ufeff")]
    [InlineData("\udb40\udc41", @"\U000e0041")]
    // joiners belong to words
    [InlineData("\u0645\u06cc\u200c\u062e \ud83d\udc69\u200d\ud83d\udc67", "\u0645\u06cc\u200c\u062e \ud83d\udc69\u200d\ud83d\udc67")]
    public void Control_characters_are_written_out(string text, string printed) => Printable.Of(text).ShouldBe(printed);

    [Fact]
    public void Half_a_character_is_written_out() => Printable.Of("a" + (char)0xD83D).ShouldBe(@"a\ud83d");

    [Fact]
    public void Json_keeps_its_meaning()
    {
        var json = Printable.OfJson("{\"a\u202eb\":\"\u0085\udb40\udc41\"}");
        json.ShouldBe(@"{""a\u202eb"":""\u0085\udb40\udc41""}");
        ((string)System.Text.Json.Nodes.JsonNode.Parse(json)!["a\u202eb"]!).ShouldBe("\u0085\udb40\udc41");
    }
}
