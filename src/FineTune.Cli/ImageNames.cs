using System.Text;

namespace FineTune.Cli;

/// <summary>Names of images on the command line, and on the standard input where "-" stands for them.</summary>
internal static class ImageNames
{
    /// <summary>What stands for the names on the standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>The names, with those of the standard input in place of "-".</summary>
    /// <param name="given">On the command line.</param>
    /// <param name="input">Opens the standard input.</param>
    /// <exception cref="FineTuneException">There is no name at all.</exception>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> given, Func<Stream> input)
    {
        var at = given.ToList().IndexOf(StandardInput);
        if (at < 0)
            return given;
        string[] names = [.. given.Take(at), .. Read(input()), .. given.Skip(at + 1).Where(n => n != StandardInput)];
        return names.Length > 0
            ? names
            : throw new FineTuneException("The standard input names no image; a name a line is read, as `ls -d photos/*` writes them.");
    }

    /// <summary>Names that are ended by null bytes, as find's -print0 writes them, or else by line ends. Blank lines are passed over.</summary>
    private static string[] Read(Stream input)
    {
        using var reader = new StreamReader(input, new UTF8Encoding(false));
        var text = reader.ReadToEnd();
        var names = text.Contains('\0', StringComparison.Ordinal) ? text.Split('\0') : text.ReplaceLineEndings("\n").Split('\n');
        return [.. names.Where(n => !string.IsNullOrWhiteSpace(n))];
    }
}
