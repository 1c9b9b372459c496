using FineTune.Cli.Show.Answers;

namespace FineTune.Tests.Cli;

public sealed class CsvCellTests
{
    [Theory]
    [InlineData("photos/a.jpg", "photos/a.jpg")]
    [InlineData("a, b.jpg", "\"a, b.jpg\"")]
    [InlineData("a \"b\".jpg", "\"a \"\"b\"\".jpg\"")]
    [InlineData("a\nb.jpg", "a\\x0ab.jpg")]
    [InlineData("=cmd|'x'!A1.jpg", "./=cmd|'x'!A1.jpg")]
    [InlineData("+a.jpg", "./+a.jpg")]
    [InlineData("-a.jpg", "./-a.jpg")]
    [InlineData("@a,b.jpg", "\"./@a,b.jpg\"")]
    [InlineData("\t=a.jpg", "\\x09=a.jpg")]
    [InlineData("", "")]
    public void A_path_is_quoted_and_no_formula(string path, string cell) => CsvCell.OfPath(path).ShouldBe(cell);

    [Theory]
    [InlineData("ant", "ant")]
    [InlineData("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"")]
    [InlineData("@sum", "'@sum")]
    [InlineData("-1", "-1")] // a number computes nothing
    [InlineData("+1", "+1")]
    [InlineData("-1+1", "'-1+1")]
    public void A_text_is_quoted_and_no_formula(string text, string cell) => CsvCell.OfText(text).ShouldBe(cell);
}
