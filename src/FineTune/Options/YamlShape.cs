using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FineTune;

/// <summary>
/// What a YAML file of ours may be made of: one document of maps, lists and values. The rest of YAML is refused with its line.
/// </summary>
internal static class YamlShape
{
    private const string StandardTag = "tag:yaml.org,2002:";
    private const int Deepest = 16; // a transform's option in a list in a key is at 4

    /// <summary>Checks a text before it is read by recursion: nothing nested deep, no alias that leads back into its own anchor.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">What messages call it: "'recipe.yaml'".</param>
    /// <param name="hasLines">Whether it is a file, and messages name the line; a setting is one line.</param>
    /// <param name="kind">What it should be.</param>
    /// <exception cref="FineTuneException">It has an alias, a type tag or a second document, or nests too deep.</exception>
    /// <exception cref="YamlException">It is not YAML.</exception>
    public static void Check(string text, string source, bool hasLines = true, string kind = "recipe")
    {
        var parser = new Parser(new StringReader(text));
        var (depth, documents) = (0, 0);
        while (Next(parser))
        {
            var current = parser.Current!;
            var line = hasLines ? $" at line {current.Start.Line}" : string.Empty;
            if (current is AnchorAlias)
                throw new FineTuneException($"{source} has an alias (*){line}; aliases are not read.");
            if (current is NodeEvent { Tag: { IsEmpty: false } tag } && tag.Value != "?")
            {
                var written = tag.Value.Replace(StandardTag, "!!", StringComparison.Ordinal);
                throw new FineTuneException($"{source} has a type tag ({written}){line}; type tags are not read.");
            }

            if (current is DocumentStart && ++documents > 1)
                throw new FineTuneException($"{source} has a second document (---){line}; one is read.");
            depth += current.NestingIncrease;
            if (depth > Deepest)
                throw new FineTuneException($"{source} nests deeper than a {kind} does{line}.");
        }
    }

    /// <summary>YamlDotNet leaves some lists that do not end without a word and a place of their own.</summary>
    private static bool Next(Parser parser)
    {
        var (start, end) = (parser.Current?.Start ?? Mark.Empty, parser.Current?.End ?? Mark.Empty);
        try
        {
            return parser.MoveNext();
        }
        catch (InvalidOperationException e)
        {
            throw new YamlException(start, end, "a list or map in brackets is not closed", e);
        }
    }

    /// <summary>Why a text is no YAML, as a clause with the line.</summary>
    public static string Reason(Exception e)
    {
        if (e is not YamlException yaml)
            return Plain(e.Message);
        var isAtEnd = yaml.Message.Contains("tab character", StringComparison.Ordinal); // what it begins with is a line above
        return $"no YAML at line {(isAtEnd ? yaml.End : yaml.Start).Line}: {Plain(yaml.Message)}";
    }

    /// <summary>The reason alone, for a text of one line.</summary>
    public static string Plain(string message) =>
        string.Join(' ', message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
}
