using FineTune.Images;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace FineTune.Weights;

/// <summary>
/// Reads a file of cards: of one set of weights, or of several of one model under "weights", which share the keys beside it. Every
/// key is one of a fixed table, every value is checked, every failure names file and key.
/// </summary>
internal static class WeightCardFile
{
    private const string Several = "weights", Default = "default";

    private static readonly string[] Keys =
    [
        "file", "url", "sha256", "sha256_prefix", "bytes", "licence", "classes", "mean", "std", "input_size", "resize", "interpolation",
        "provenance", "expected",
    ];

    private static readonly string[] TopKeys = [.. Keys, "name", "model", Several, Default];
    private static readonly WeightCard Defaults = new() { Name = string.Empty, Model = string.Empty, File = string.Empty };

    /// <summary>The cards of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="classes">Finds a list of classes by its name.</param>
    /// <exception cref="FineTuneException">The file cannot be read, or is no file of cards.</exception>
    public static IReadOnlyList<WeightCard> Read(string path, ClassLists classes)
    {
        try
        {
            var text = RegularFile.Text(path);
            YamlShape.Check(text, $"Card '{path}'", kind: "card");
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return yaml.Documents is [{ RootNode: YamlMappingNode map }]
                ? [.. Cards(new CardValues(path).With(map, TopKeys), classes)]
                : throw new FineTuneException($"Card '{path}' is not one map of keys to values.");
        }
        catch (Exception e) when (e is YamlException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // InvalidOperationException: what YamlDotNet throws where a flow sequence does not end.
            var reason = e is IOException or UnauthorizedAccessException ? RegularFile.Reason(path, e) : YamlShape.Reason(e);
            throw new FineTuneException($"Cannot read card '{path}': {reason}.", e);
        }
    }

    private static IEnumerable<WeightCard> Cards(CardValues values, ClassLists classes)
    {
        var chosen = values.Word(Default);
        if (!values.Has(Several))
        {
            values.Check(chosen is null or "true" or "false", Default, chosen ?? string.Empty, "true or false");
            yield return Card(values, values.Required("name"), chosen == "true", classes);
            yield break;
        }

        values.Check(!values.Has("name"), "name", values.Word("name") ?? string.Empty, "left out beside 'weights'");
        var several = values.Map(Several, values.ToMap);
        values.Check(chosen is null || several.ContainsKey(chosen), Default, chosen ?? string.Empty, "a name under 'weights'");
        foreach (var (name, map) in several)
            yield return Card(values.With(map, Keys), name, name == chosen, classes);
    }

    private static WeightCard Card(CardValues values, string name, bool isDefault, ClassLists classes)
    {
        var url = values.Word("url") is { } text ? CardUrl.Parse(text) ?? throw values.Bad("url", text, CardUrl.Allowed) : null;
        values.Check(url is null || !values.Has("file"), "file", values.Word("file") ?? string.Empty, "left out beside 'url'");
        var card = new WeightCard
        {
            Name = name,
            Model = values.Required("model"),
            IsDefault = isDefault,
            File = url is null ? values.Required("file") : CardUrl.FileOf(url),
            Url = url,
            Sha256 = (url is null ? values.Required("sha256") : values.Word("sha256"))?.ToLowerInvariant(),
            Sha256Prefix = values.Word("sha256_prefix")?.ToLowerInvariant(),
            Bytes = values.Whole("bytes"),
            Licence = values.Word("licence"),
            Classes = classes.Of(values),
            Mean = values.List("mean", values.ToNumber) ?? Defaults.Mean,
            Std = values.List("std", values.ToNumber) ?? Defaults.Std,
            InputSize = Pixels(values, "input_size", Defaults.InputSize),
            Resize = Pixels(values, "resize", Defaults.Resize),
            Interpolation = values.Word("interpolation") is { } word ? Parsed(values, word) : Defaults.Interpolation,
            Provenance = values.Map("provenance", values.Text),
            Expected = values.Map("expected", values.ToNumber),
        };
        CardChecks.Check(card, values);
        return card;
    }

    private static int Pixels(CardValues values, string key, int otherwise) =>
        (int)Math.Clamp(values.Whole(key) ?? otherwise, int.MinValue, int.MaxValue);

    private static Interpolation Parsed(CardValues values, string word) => word switch
    {
        "bilinear" => Interpolation.Bilinear,
        "bicubic" => Interpolation.Bicubic,
        _ => throw values.Bad("interpolation", word, "bilinear or bicubic"),
    };
}
