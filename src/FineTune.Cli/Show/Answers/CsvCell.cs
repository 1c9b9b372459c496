using System.Globalization;

namespace FineTune.Cli.Show.Answers;

/// <summary>
/// Cells of comma-separated values. File and class names are strangers' words, and a spreadsheet runs a cell that begins with = + - or @
/// as a formula, quoted or not. Control characters are written out, as everywhere for people; JSON lines have the exact names.
/// </summary>
internal static class CsvCell
{
    private const string FormulaStarts = "=+-@";

    /// <summary>A path: "./" stands before a relative one that would be a formula, which names the same file.</summary>
    public static string OfPath(string path) => Quoted(IsFormula(path) ? $"./{path}" : path);

    /// <summary>Another text: an apostrophe, which spreadsheets read as "this is text", stands before what would be a formula.</summary>
    public static string OfText(string text) => Quoted(IsFormula(text) && !IsNumber(text) ? $"'{text}" : text);

    private static bool IsFormula(string text) => text.Length > 0 && FormulaStarts.Contains(text[0], StringComparison.Ordinal);

    /// <summary>Class names such as -1 and +1 compute nothing.</summary>
    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    /// <summary>RFC 4180, rules 6 and 7; a line break is among the control characters.</summary>
    private static string Quoted(string cell)
    {
        var printable = Printable.Of(cell);
        return printable.AsSpan().ContainsAny('"', ',') ? $"\"{printable.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : printable;
    }
}
