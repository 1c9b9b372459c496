using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace FineTune.Weights;

/// <summary>A card's values by key, of one set of weights. Every failure names the file and the key.</summary>
/// <param name="path">The card's file.</param>
internal sealed class CardValues(string path)
{
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);

    /// <summary>The card's file.</summary>
    public string File => path;

    /// <summary>Whether the card has a value for the key.</summary>
    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>These values, and those of a map over them.</summary>
    /// <exception cref="FineTuneException">A key is not one of <paramref name="allowed"/>.</exception>
    public CardValues With(YamlMappingNode map, IReadOnlyCollection<string> allowed)
    {
        var all = new CardValues(path);
        foreach (var (key, value) in _values)
            all._values[key] = value;
        foreach (var (key, value) in map.Children)
        {
            var name = Text(key, "a key");
            if (!allowed.Contains(name))
                throw new FineTuneException($"Card '{path}'{Place(key)}: {Nearest.Unknown("key", name, allowed).Message}");
            all._values[name] = value;
        }

        return all;
    }

    /// <summary>The maps of a key by name: empty where it has none.</summary>
    public Dictionary<string, T> Map<T>(string key, Func<YamlNode, string, T> value)
    {
        if (!_values.TryGetValue(key, out var node))
            return [];
        return node is YamlMappingNode map
            ? map.Children.ToDictionary(c => Text(c.Key, key), c => value(c.Value, key), StringComparer.Ordinal)
            : throw Bad(key, "a list or a word", "a map");
    }

    public YamlMappingNode ToMap(YamlNode node, string key) => node as YamlMappingNode ?? throw Bad(key, "a list or a word", "a map");

    public string Required(string key) =>
        Word(key) is { Length: > 0 } text ? text : throw new FineTuneException($"Card '{path}' has no '{key}'.");

    public string? Word(string key) => _values.TryGetValue(key, out var node) ? Text(node, key) : null;

    public long? Whole(string key)
    {
        if (!_values.TryGetValue(key, out var node))
            return null;
        var number = ToNumber(node, key);
        Check(number == Math.Floor(number) && Math.Abs(number) <= long.MaxValue / 2, key, number, "a whole number");
        return (long)number;
    }

    public T[]? List<T>(string key, Func<YamlNode, string, T> item)
    {
        if (!_values.TryGetValue(key, out var node))
            return null;
        return node is YamlSequenceNode list ? [.. list.Children.Select(n => item(n, key))] : throw Bad(key, "a map or a word", "a list");
    }

    /// <summary>Whether a key's value is one word.</summary>
    public bool IsWord(string key) => _values.TryGetValue(key, out var node) && node is YamlScalarNode;

    public string Text(YamlNode node, string key) =>
        node is YamlScalarNode { Value: { } text } ? text : throw Bad(key, "a list or a map", "one word or number");

    public double ToNumber(YamlNode node, string key)
    {
        var text = Text(node, key);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw Bad(key, text, "a number");
    }

    public void Check(bool holds, string key, object value, string allowed)
    {
        if (!holds)
            throw Bad(key, Convert.ToString(value, CultureInfo.InvariantCulture)!, allowed);
    }

    public FineTuneException Bad(string key, string value, string allowed) =>
        new($"Card '{path}'{Place(_values.GetValueOrDefault(key))}: '{key}' is '{value}'; it must be {allowed}.");

    private static string Place(YamlNode? node) =>
        node is null ? string.Empty : FormattableString.Invariant($", line {node.Start.Line}, column {node.Start.Column}");
}
