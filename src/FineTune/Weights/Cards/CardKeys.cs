using System.Text.Json.Nodes;
using FineTune.Images;

namespace FineTune.Weights;

/// <summary>A key of a card of weights.</summary>
/// <param name="Name">As a card writes it.</param>
/// <param name="Meaning">What it says.</param>
/// <param name="Shape">The JSON Schema of its value.</param>
/// <param name="OfFile">Whether it is of the whole file, and not of one of several sets of weights.</param>
internal sealed record CardKey(string Name, string Meaning, JsonObject Shape, bool OfFile = false);

/// <summary>Every key of a card: reading, the JSON Schema of cards, and the table of docs/weights.md follow from these rows.</summary>
public static class CardKeys
{
    internal const string Several = "weights", Default = "default", Name = "name", Model = "model", File = "file", Url = "url",
        Sha256 = "sha256", Sha256Prefix = "sha256_prefix", Bytes = "bytes", Licence = "licence", Classes = "classes", Mean = "mean",
        Std = "std", InputSize = "input_size", Resize = "resize", Filter = "interpolation", Provenance = "provenance",
        Expected = "expected";

    /// <summary>The words of <c>interpolation</c>.</summary>
    internal static IReadOnlyDictionary<string, Interpolation> Filters { get; } =
        new Dictionary<string, Interpolation>(StringComparer.Ordinal)
        {
            ["bilinear"] = Interpolation.Bilinear,
            ["bicubic"] = Interpolation.Bicubic,
        };

    /// <summary>The keys, in the order in which a card is read.</summary>
    internal static IReadOnlyList<CardKey> All { get; } =
    [
        new(Name, "what `--weights` calls it, where the file has one set of weights", Type("string"), OfFile: true),
        new(Model, "its architecture, a name of `finetune list models`", Type("string"), OfFile: true),
        new(Several, "several sets of weights of the model, a map by name; they share the keys beside it", Type("object"), OfFile: true),
        new(Default, "the one that `--weights default` means; of one set: true or false", Type("string", "boolean"), OfFile: true),
        new(File, "the file beside the card", Type("string")),
        new(Url, "in its place: where it is fetched, by https", Pattern("^https://")),
        new(Sha256, "of the file", Pattern("^[0-9a-fA-F]{64}$")),
        new(Sha256Prefix, "its first digits, where no more is known", Pattern("^[0-9a-fA-F]{8,64}$")),
        new(Bytes, "the size of the file", Whole(1, long.MaxValue / 2)),
        new(Licence, "its licence", Type("string")),
        new(Classes, "a list of names, or the name of a list in models/classes", Type("string", "array")),
        new(Mean, "subtracted from red, green and blue in 0..1", Three()),
        new(Std, "divides them then", Three()),
        new(InputSize, "a side of what the network sees, in pixels", Whole(InputBounds.LeastSide, InputBounds.MostSide)),
        new(Resize, "the shorter side before the centre is cut out, in pixels; 0: images as they are", Whole(0, InputBounds.MostResize)),
        new(Filter, "how images are resized", new JsonObject { ["enum"] = new JsonArray([.. Filters.Keys.Select(w => (JsonNode?)w)]) }),
        new(Provenance, "how it was made, words by name", Type("object")),
        new(Expected, "published figures by name, such as top1 in 0..1", Numbers()),
    ];

    /// <summary>Names of the keys that a file may have at its top.</summary>
    internal static IReadOnlyList<string> Top { get; } = [.. All.Select(k => k.Name)];

    /// <summary>Names of the keys that each of several sets of weights may have.</summary>
    internal static IReadOnlyList<string> Each { get; } = [.. All.Where(k => !k.OfFile).Select(k => k.Name)];

    /// <summary>The JSON Schema of cards, of draft 2020-12.</summary>
    public static JsonObject Schema()
    {
        var several = new JsonObject { ["type"] = "object", ["additionalProperties"] = Object(All.Where(k => !k.OfFile)) };
        var schema = Object(All);
        schema["properties"]![Several] = several;
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
        schema["title"] = "A card of weights of FineTune";
        schema["required"] = new JsonArray(Model);
        return schema;
    }

    private static JsonObject Object(IEnumerable<CardKey> keys) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(keys.Select(k =>
        {
            var shape = k.Shape.DeepClone();
            shape["description"] = k.Meaning;
            return KeyValuePair.Create(k.Name, (JsonNode?)shape);
        })),
        ["additionalProperties"] = false,
    };

    private static JsonObject Type(params string[] types) =>
        new() { ["type"] = types is [var one] ? one : new JsonArray([.. types.Select(t => (JsonNode?)t)]) };

    /// <summary>A text; digits alone may stand without quotes, and are a number then.</summary>
    private static JsonObject Pattern(string pattern)
    {
        var shape = Type("string", "number");
        shape["pattern"] = pattern;
        return shape;
    }

    private static JsonObject Whole(long least, long most) => new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most };

    private static JsonObject Three() => new() { ["type"] = "array", ["items"] = Type("number"), ["minItems"] = 3, ["maxItems"] = 3 };

    private static JsonObject Numbers() => new() { ["type"] = "object", ["additionalProperties"] = Type("number") };
}
