using System.Text.RegularExpressions;

namespace FineTune.Tests.Packages;

/// <summary>The code of a Markdown page.</summary>
internal static partial class MarkdownCode
{
    /// <summary>The texts of the blocks that begin with ``` and a language's name, in their order.</summary>
    public static IReadOnlyList<string> Blocks(string path, string language) =>
    [
        .. Fences().Matches(File.ReadAllText(path))
            .Where(block => block.Groups["language"].Value == language)
            .Select(block => block.Groups["text"].Value),
    ];

    [GeneratedRegex(@"^```(?<language>\w+)\b[^\n]*\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();
}
