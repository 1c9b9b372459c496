using System.Globalization;

namespace FineTune.Tests.Text;

public sealed class NfcTests
{
    [Fact]
    public void Composes_as_Unicode_says()
    {
        foreach (var line in File.ReadLines(Repo.Goldens("nfc.tsv")))
        {
            var (text, composed) = (Text(line.Split('\t')[0]), Text(line.Split('\t')[1]));
            Nfc.Of(text).ShouldBe(composed, line);
            Nfc.Of(composed).ShouldBe(composed, line);
        }
    }

    private static string Text(string codes) =>
        string.Concat(
            codes.Split(' ').Select(c => char.ConvertFromUtf32(int.Parse(c, NumberStyles.HexNumber, CultureInfo.InvariantCulture))));
}
