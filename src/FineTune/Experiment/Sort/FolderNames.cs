using System.Globalization;
using System.Text;

namespace FineTune.Experiment;

/// <summary>Names of classes as names of folders, which every system takes and none reads as more than a name.</summary>
internal static class FolderNames
{
    private const int MaxBytes = 200; // file systems take 255, and a number may follow
    private const char Substitute = '_';
    private const string Forbidden = "/\\:*?\"<>|"; // on Windows, or in a path

    private static readonly HashSet<string> Devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL",
        "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    };

    /// <summary>
    /// A folder's name for each name, no two alike, case and Unicode form aside. A name that is safe stays as it is; others have a
    /// number at their end where that is needed.
    /// </summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> names)
    {
        var folders = new string[names.Count];
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var k in Enumerable.Range(0, names.Count).OrderBy(k => Safe(names[k]) == names[k] ? 0 : 1)) // a stable order
        {
            var safe = Safe(names[k]);
            folders[k] = safe;
            for (var number = 2; !taken.Add(Nfc.Of(folders[k])); number++)
                folders[k] = string.Create(CultureInfo.InvariantCulture, $"{safe}_{number}");
        }

        return folders;
    }

    private static string Safe(string name)
    {
        var safe = new StringBuilder();
        var bytes = 0;
        foreach (var rune in name.EnumerateRunes()) // half of a surrogate pair comes as U+FFFD
        {
            var fits = IsSafe(rune) ? rune : new Rune(Substitute);
            if ((bytes += fits.Utf8SequenceLength) > MaxBytes)
                break;
            safe.Append(fits.ToString());
        }

        var text = safe.ToString().TrimEnd('.', ' '); // which Windows drops
        var isDevice = Devices.Contains(text.Split('.', 2)[0].TrimEnd());
        return text.Length == 0 || text[0] is '.' or '-' or ' ' || isDevice ? Substitute + text : text;
    }

    private static bool IsSafe(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && !(rune.IsBmp && Forbidden.Contains((char)rune.Value, StringComparison.Ordinal));
}
