using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace FineTune.Weights;

/// <summary>Reads a card. Every key is one of a fixed table, every value is checked, every failure names file and key.</summary>
internal sealed class WeightCardFile
{
    private static readonly string[] Keys =
        ["name", "model", "file", "sha256", "bytes", "classes", "mean", "std", "input_size", "resize", "interpolation", "provenance", "expected"];

    private static readonly string[] Interpolations = ["bilinear"];
    private readonly string _path;
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);

    private WeightCardFile(string path, YamlMappingNode map)
    {
        _path = path;
        foreach (var (key, value) in map.Children)
        {
            var name = Text(key, "a key");
            if (!Keys.Contains(name))
                throw new FineTuneException($"Card '{path}': {Nearest.Unknown("key", name, Keys).Message}");
            _values[name] = value;
        }
    }

    public static WeightCard Read(string path)
    {
        try
        {
            var text = RegularFile.Text(path);
            YamlShape.Check(text, $"Card '{path}'", kind: "card");
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return yaml.Documents is [{ RootNode: YamlMappingNode map }]
                ? new WeightCardFile(path, map).ToCard()
                : throw new FineTuneException($"Card '{path}' is not one map of keys to values.");
        }
        catch (Exception e) when (e is YamlException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // InvalidOperationException: what YamlDotNet throws where a flow sequence does not end.
            throw new FineTuneException($"Cannot read card '{path}': {(e is IOException or UnauthorizedAccessException ? RegularFile.Reason(path, e) : YamlShape.Reason(e))}.", e);
        }
    }

    private WeightCard ToCard()
    {
        var defaults = new WeightCard { Name = string.Empty, Model = string.Empty, File = string.Empty, Sha256 = string.Empty, Bytes = 0 };
        var card = new WeightCard
        {
            Name = Required("name"),
            Model = Required("model"),
            File = Required("file"),
            Sha256 = Required("sha256").ToLowerInvariant(),
            Bytes = (long)Number("bytes", 0),
            Classes = List("classes", n => Text(n, "classes")) ?? defaults.Classes,
            Mean = List("mean", n => ToNumber(n, "mean")) ?? defaults.Mean,
            Std = List("std", n => ToNumber(n, "std")) ?? defaults.Std,
            InputSize = Whole("input_size", defaults.InputSize),
            Resize = Whole("resize", defaults.Resize),
            Interpolation = _values.TryGetValue("interpolation", out var node) ? Text(node, "interpolation") : defaults.Interpolation,
            Provenance = Map("provenance", Text),
            Expected = Map("expected", ToNumber),
        };
        Check(card.Sha256.Length == 64 && card.Sha256.All(char.IsAsciiHexDigit), "sha256", card.Sha256, "64 hexadecimal digits");
        Check(card.Bytes > 0, "bytes", card.Bytes, "a number above 0");
        Check(Path.GetFileName(card.File) == card.File, "file", card.File, "the name of a file beside the card");
        Check(card.Mean.Count == 3, "mean", string.Join(", ", card.Mean), "three numbers");
        Check(card.Std.Count == 3 && card.Std.All(s => s > 0), "std", string.Join(", ", card.Std), "three numbers above 0");
        Check(card.InputSize is >= InputBounds.LeastSide and <= InputBounds.MostSide, "input_size", card.InputSize, $"{InputBounds.LeastSide} to {InputBounds.MostSide}");
        Check(card.Resize is 0 or (>= InputBounds.LeastSide and <= InputBounds.MostResize), "resize", card.Resize, $"{InputBounds.LeastSide} to {InputBounds.MostResize} pixels, or 0 for none");
        Check(Interpolations.Contains(card.Interpolation), "interpolation", card.Interpolation, string.Join(", ", Interpolations));
        return card;
    }

    private string Required(string key) => _values.TryGetValue(key, out var node) && Text(node, key) is { Length: > 0 } text
        ? text
        : throw new FineTuneException($"Card '{_path}' has no '{key}'.");

    private double Number(string key, double otherwise) => _values.TryGetValue(key, out var node) ? ToNumber(node, key) : otherwise;

    private int Whole(string key, int otherwise)
    {
        var number = Number(key, otherwise);
        Check(number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue, key, number, "a whole number");
        return (int)number;
    }

    private T[]? List<T>(string key, Func<YamlNode, T> item)
    {
        if (!_values.TryGetValue(key, out var node))
            return null;
        return node is YamlSequenceNode list ? [.. list.Children.Select(item)] : throw Bad(key, "a map or a word", "a list");
    }

    private Dictionary<string, T> Map<T>(string key, Func<YamlNode, string, T> value)
    {
        if (!_values.TryGetValue(key, out var node))
            return [];
        return node is YamlMappingNode map
            ? map.Children.ToDictionary(c => Text(c.Key, key), c => value(c.Value, key), StringComparer.Ordinal)
            : throw Bad(key, "a list or a word", "a map");
    }

    private string Text(YamlNode node, string key) => node is YamlScalarNode { Value: { } text } ? text : throw Bad(key, "a list or a map", "one word or number");

    private double ToNumber(YamlNode node, string key)
    {
        var text = Text(node, key);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw Bad(key, text, "a number");
    }

    private void Check(bool holds, string key, object value, string allowed)
    {
        if (!holds)
            throw Bad(key, Convert.ToString(value, CultureInfo.InvariantCulture)!, allowed);
    }

    private FineTuneException Bad(string key, string value, string allowed) =>
        new($"Card '{_path}': '{key}' is '{value}'; it must be {allowed}.");
}
