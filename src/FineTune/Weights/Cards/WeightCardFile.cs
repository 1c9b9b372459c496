using FineTune.Images;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace FineTune.Weights;

/// <summary>
/// Reads a file of cards: of one set of weights, or of several of one model under "weights", which share the keys beside it. Every
/// key is one of <see cref="CardKeys"/>, every value is checked, every failure names file, place and key.
/// </summary>
internal static class WeightCardFile
{
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
                ? [.. Cards(new CardValues(path).With(map, CardKeys.Top), classes)]
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
        var chosen = values.Word(CardKeys.Default);
        if (!values.Has(CardKeys.Several))
        {
            values.Check(chosen is null or "true" or "false", CardKeys.Default, chosen ?? string.Empty, "true or false");
            yield return Card(values, values.Required(CardKeys.Name), chosen == "true", classes);
            yield break;
        }

        values.Check(!values.Has(CardKeys.Name), CardKeys.Name, values.Word(CardKeys.Name) ?? string.Empty, "left out beside 'weights'");
        var several = values.Map(CardKeys.Several, values.ToMap);
        values.Check(chosen is null || several.ContainsKey(chosen), CardKeys.Default, chosen ?? string.Empty, "a name under 'weights'");
        foreach (var (name, map) in several)
            yield return Card(values.With(map, CardKeys.Each), name, name == chosen, classes);
    }

    private static WeightCard Card(CardValues values, string name, bool isDefault, ClassLists classes)
    {
        var url = values.Word(CardKeys.Url) is { } text
            ? CardUrl.Parse(text) ?? throw values.Bad(CardKeys.Url, text, CardUrl.Allowed)
            : null;
        if (url is not null && values.Word(CardKeys.File) is { } beside)
            throw values.Bad(CardKeys.File, beside, "left out beside 'url'");
        var card = new WeightCard
        {
            Name = name,
            Model = values.Required(CardKeys.Model),
            IsDefault = isDefault,
            File = url is null ? values.Required(CardKeys.File) : CardUrl.FileOf(url),
            Url = url,
            Sha256 = (url is null ? values.Required(CardKeys.Sha256) : values.Word(CardKeys.Sha256))?.ToLowerInvariant(),
            Sha256Prefix = values.Word(CardKeys.Sha256Prefix)?.ToLowerInvariant(),
            Bytes = values.Whole(CardKeys.Bytes),
            Licence = values.Word(CardKeys.Licence),
            Classes = classes.Of(values),
            Mean = values.List(CardKeys.Mean, values.ToNumber) ?? Defaults.Mean,
            Std = values.List(CardKeys.Std, values.ToNumber) ?? Defaults.Std,
            InputSize = Pixels(values, CardKeys.InputSize, Defaults.InputSize),
            Resize = Pixels(values, CardKeys.Resize, Defaults.Resize),
            Interpolation = values.Word(CardKeys.Filter) is { } word ? Parsed(values, word) : Defaults.Interpolation,
            Provenance = values.Map(CardKeys.Provenance, values.Text),
            Expected = values.Map(CardKeys.Expected, values.ToNumber),
        };
        CardChecks.Check(card, values);
        return card;
    }

    private static int Pixels(CardValues values, string key, int otherwise) =>
        (int)Math.Clamp(values.Whole(key) ?? otherwise, int.MinValue, int.MaxValue);

    private static Interpolation Parsed(CardValues values, string word) => CardKeys.Filters.TryGetValue(word, out var filter)
        ? filter
        : throw values.Bad(CardKeys.Filter, word, string.Join(" or ", CardKeys.Filters.Keys));
}
