using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;

namespace FineTune.Experiment;

/// <summary>YAML as plain values: maps, lists, numbers, truth values, texts and null.</summary>
internal static class RecipeTree
{
    /// <summary>Parses one document whose root is a map; an empty one is an empty map.</summary>
    /// <exception cref="FineTuneException">
    /// It is not YAML, not a map, gives a key twice, or has what a recipe has not (<see cref="YamlShape"/>).
    /// </exception>
    public static Dictionary<string, object?> Parse(string text, string source) => Parse(text, source, out _);

    /// <summary>The same, and where its keys' values stand.</summary>
    /// <param name="text">The document.</param>
    /// <param name="source">What messages call it.</param>
    /// <param name="places">Line and column by key, from 1; keys within keys with dots.</param>
    public static Dictionary<string, object?> Parse(
        string text, string source, out IReadOnlyDictionary<string, (long Line, long Column)> places)
    {
        var found = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        places = found;
        try
        {
            return Read(text, $"'{source}'", places: found) switch
            {
                null => [],
                Dictionary<string, object?> map => map,
                _ => throw new FineTuneException($"'{source}' is no recipe: it is not a list of `key: value` lines."),
            };
        }
        catch (YamlException e)
        {
            throw new FineTuneException($"'{source}' is {YamlShape.Reason(e)}.", e);
        }
    }

    /// <summary>One value as it would stand after `key:`.</summary>
    /// <param name="text">The value.</param>
    /// <param name="setting">The whole of what was given, for the message: "epochs=3".</param>
    /// <exception cref="FineTuneException">It is not one value.</exception>
    public static object? ParseValue(string text, string setting)
    {
        const string Key = "value";
        try
        {
            var read = Read($"{Key}: {text}", $"The value of '{setting}'", hasLines: false);
            return read is Dictionary<string, object?> { Count: 1 } tree && tree.TryGetValue(Key, out var value)
                ? value
                : throw new FineTuneException($"The value of '{setting}' is more than one value.");
        }
        catch (YamlException e)
        {
            throw new FineTuneException($"The value of '{setting}' is no YAML: {YamlShape.Plain(e.Message)}.", e);
        }
    }

    /// <summary>Writes a map.</summary>
    public static string Write(Dictionary<string, object?> tree) =>
        new SerializerBuilder().WithIndentedSequences().WithQuotingNecessaryStrings().Build().Serialize(tree);

    private static object? Read(
        string text, string source, bool hasLines = true, Dictionary<string, (long Line, long Column)>? places = null)
    {
        YamlShape.Check(text, source, hasLines);
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        if (stream.Documents.Count == 0)
            return null;
        if (places is not null)
            Locate(stream.Documents[0].RootNode, string.Empty, places);
        return Plain(stream.Documents[0].RootNode);
    }

    private static void Locate(YamlNode node, string prefix, Dictionary<string, (long Line, long Column)> places)
    {
        if (node is not YamlMappingNode map)
            return;
        foreach (var (key, value) in map.Children)
        {
            var name = prefix + (key as YamlScalarNode)?.Value;
            places[name] = (value.Start.Line, value.Start.Column);
            Locate(value, name + ".", places);
        }
    }

    private static Dictionary<string, object?> Map(YamlMappingNode map)
    {
        var plain = new Dictionary<string, object?>();
        foreach (var (key, value) in map.Children)
        {
            if (key is not YamlScalarNode { Value: { } name })
                throw new YamlException(key.Start, key.End, "a key is one word");
            if (!plain.TryAdd(name, Plain(value)))
                throw new YamlException(key.Start, key.End, $"the key {name} is there twice");
        }

        return plain;
    }

    private static object? Plain(YamlNode node) => node switch
    {
        YamlMappingNode map => Map(map),
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
