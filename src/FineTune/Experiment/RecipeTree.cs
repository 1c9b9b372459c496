using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;

namespace FineTune.Experiment;

/// <summary>YAML as plain values: maps, lists, numbers, truth values, texts and null.</summary>
internal static class RecipeTree
{
    /// <summary>Parses one document whose root is a map; an empty one is an empty map.</summary>
    /// <exception cref="FineTuneException">It is not YAML, not a map, gives a key twice, has an alias, or is nested too deep.</exception>
    public static Dictionary<string, object?> Parse(string text, string source)
    {
        try
        {
            CheckShape(text, source);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count == 0)
                return [];
            return Plain(stream.Documents[0].RootNode) as Dictionary<string, object?>
                ?? throw new FineTuneException($"'{source}' is no recipe: it is not a list of `key: value` lines.");
        }
        catch (YamlException e)
        {
            throw new FineTuneException($"'{source}' is no YAML at line {e.Start.Line}: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>One value as it would stand after `key:`.</summary>
    public static object? ParseValue(string text)
    {
        var tree = Parse($"value: {text}", text);
        return tree["value"];
    }

    /// <summary>Writes a map.</summary>
    public static string Write(Dictionary<string, object?> tree) =>
        new SerializerBuilder().WithIndentedSequences().WithQuotingNecessaryStrings().Build().Serialize(tree);

    /// <summary>What is read by recursion must end: nothing nested deep, no alias that leads back into its own anchor.</summary>
    private static void CheckShape(string text, string source)
    {
        const int Deepest = 16; // a transform's option in a list in a key is at 4
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            if (parser.Current is AnchorAlias)
                throw new FineTuneException($"'{source}' has an alias (*) at line {parser.Current.Start.Line}; a recipe has none.");
            depth += parser.Current!.NestingIncrease;
            if (depth > Deepest)
                throw new FineTuneException($"'{source}' nests deeper than a recipe does at line {parser.Current.Start.Line}.");
        }
    }

    private static object? Plain(YamlNode node) => node switch
    {
        YamlMappingNode map => map.Children.ToDictionary(c => (c.Key as YamlScalarNode)?.Value ?? throw new FineTuneException("A key of a recipe is a word."), c => Plain(c.Value)),
        YamlSequenceNode list => list.Children.Select(Plain).ToList(),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Typed(scalar.Value),
        YamlScalarNode scalar => scalar.Value,
        _ => throw new FineTuneException("A recipe has maps, lists and values only."),
    };

    private static object? Typed(string? text) => text switch
    {
        null or "" or "null" or "~" => null,
        "true" => true,
        "false" => false,
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) => integer,
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
        _ => text,
    };
}
