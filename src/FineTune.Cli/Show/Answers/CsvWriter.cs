using System.Globalization;
using FineTune.Experiment;

namespace FineTune.Cli.Show.Answers;

/// <summary>
/// For spreadsheets: comma-separated values (RFC 4180), a title line, then path, label, confidence and a note, and the likeliest classes
/// where they are asked for.
/// </summary>
internal sealed class CsvWriter : IAnswerWriter
{
    private const string LineEnd = "\r\n"; // RFC 4180, rule 1
    private readonly int _topK;

    /// <param name="topK">How many classes a line has; 0: the label alone.</param>
    public CsvWriter(int topK)
    {
        _topK = topK;
        var ranks = Enumerable.Range(1, topK);
        Row(["path", "label", "confidence", "note", .. ranks.SelectMany(k => new[] { Numbered("class", k), Numbered("probability", k) })]);
    }

    public void Answer(ImageAnswer answer, string? copy) => Row(
    [
        CsvCell.OfPath(answer.Path),
        answer.Abstains ? string.Empty : CsvCell.OfText(answer.Label),
        Number(answer.Confidence),
        answer.Abstains ? "abstains" : string.Empty,
        .. answer.Top(_topK).SelectMany(p => new[] { CsvCell.OfText(p.Class), Number(p.Probability) }),
    ]);

    public void LeftOut(string path, string reason) => Row(
        [CsvCell.OfPath(path), string.Empty, string.Empty, CsvCell.OfText($"left out: {reason}"), .. Enumerable.Repeat(string.Empty, 2 * _topK)]);

    private static void Row(IEnumerable<string> cells) => Ui.Line(string.Join(',', cells), LineEnd);

    private static string Numbered(string name, int k) => string.Create(CultureInfo.InvariantCulture, $"{name}_{k}");

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
