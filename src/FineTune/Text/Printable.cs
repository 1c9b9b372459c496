using System.Globalization;
using System.Text;

namespace FineTune;

/// <summary>
/// Text with its control characters written out, as \x1b or \u202e: a name of a stranger's file cannot steer a terminal, break a line
/// or turn the writing's direction. Joiners (U+200C, U+200D), which some scripts and emoji need, stay.
/// </summary>
internal static class Printable
{
    private const int NonJoiner = 0x200C, Joiner = 0x200D;

    /// <summary>For people: \x1b, \u202e, \U000e0041.</summary>
    public static string Of(string text) => Escaped(text, code => code switch
    {
        < 0x100 => $@"\x{code:x2}",
        <= char.MaxValue => $@"\u{code:x4}",
        _ => $@"\U{code:x8}",
    });

    /// <summary>JSON, in which such characters stand within strings only: the same text, with JSON's own escapes.</summary>
    public static string OfJson(string json) => Escaped(json, code => code <= char.MaxValue
        ? $@"\u{code:x4}"
        : string.Concat(char.ConvertFromUtf32(code).Select(c => $@"\u{(int)c:x4}")));

    private static string Escaped(string text, Func<int, string> write)
    {
        StringBuilder? escaped = null;
        for (var at = 0; at < text.Length;)
        {
            var whole = Rune.TryGetRuneAt(text, at, out var rune);
            var length = whole ? rune.Utf16SequenceLength : 1;
            if (!whole || IsControl(rune))
                (escaped ??= new StringBuilder(text, 0, at, 2 * text.Length)).Append(write(whole ? rune.Value : text[at]));
            else
                escaped?.Append(text, at, length);
            at += length;
        }

        return escaped?.ToString() ?? text;
    }

    private static bool IsControl(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        UnicodeCategory.Format => rune.Value is not (NonJoiner or Joiner),
        _ => false,
    };
}
