using System.Text.Json;
using FineTune.Images;

namespace FineTune.Weights;

/// <summary>A config.json in timm's layout. It is a stranger's: its size, its depth and every value are checked.</summary>
internal sealed class HubConfig
{
    /// <summary>Bytes that it may have at most: with names of 20,000 classes it has less.</summary>
    public const int MostBytes = 1 << 20;

    private const int Deepest = 8, MostClasses = 1_000_000;
    private const double CropPart = 0.875; // timm's where a config has none
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Deepest, AllowDuplicateProperties = false };
    private readonly string _path;
    private readonly JsonElement _root;

    private HubConfig(string path, JsonElement root) => (_path, _root) = (path, root);

    /// <summary>What it says of the weights beside it; without their address.</summary>
    /// <exception cref="FineTuneException">It is not of timm's layout, or not of an architecture that the zoo has.</exception>
    public static WeightCard Read(string path, HubName name, Func<IReadOnlyList<string>> imageNet)
    {
        try
        {
            var bytes = RegularFile.Bytes(path);
            if (bytes.Length > MostBytes)
                throw new FineTuneException($"'{path}' has {bytes.Length} bytes; a config.json of at most {MostBytes} is read.");
            using var document = JsonDocument.Parse(bytes, Strict);
            return new HubConfig(path, document.RootElement).Card(name, imageNet);
        }
        catch (JsonException e)
        {
            throw new FineTuneException($"Cannot read '{path}': it is no JSON object of unique names, nested at most {Deepest} deep.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"Cannot read '{path}': {RegularFile.Reason(path, e)}.", e);
        }
    }

    private WeightCard Card(HubName name, Func<IReadOnlyList<string>> imageNet)
    {
        if (_root.ValueKind != JsonValueKind.Object || !_root.TryGetProperty("architecture", out var architecture))
            throw new FineTuneException(
                $"{name} is not of timm's layout: its config.json has no 'architecture'; only that layout is read.");
        if (_root.TryGetProperty("model_args", out var args) && args is { ValueKind: JsonValueKind.Object } && args.EnumerateObject().Any())
            throw new FineTuneException($"{name} changes its architecture by 'model_args', which is not read.");
        var input = Part(_root, "pretrained_cfg");
        var size = InputSize(input);
        var crop = Optional(input, "crop_pct", Number) ?? CropPart;
        Check(crop is > 0 and <= 1, "crop_pct", crop, "above 0 to 1");
        var mode = Optional(input, "crop_mode", Word) ?? "center";
        Check(mode == "center", "crop_mode", mode, "center");
        var resize = Math.Floor(size / crop);
        Check(resize <= InputBounds.MostResize, "crop_pct", crop, $"one that resizes to at most {InputBounds.MostResize} pixels");
        return new WeightCard
        {
            Name = name.ToString(),
            Model = TimmNames.Ours(Word(architecture, "architecture"), name),
            File = string.Empty,
            InputSize = size,
            Resize = (int)resize,
            Interpolation = (Optional(input, "interpolation", Word) ?? "bilinear") switch
            {
                "bilinear" => Interpolation.Bilinear,
                "bicubic" => Interpolation.Bicubic,
                var other => throw Bad("interpolation", other, "bilinear or bicubic"),
            },
            Mean = Channels(input, "mean"),
            Std = Channels(input, "std", positive: true),
            Classes = Classes(input, imageNet),
            Licence = Optional(input, "license", Word),
        };
    }

    private int InputSize(JsonElement input)
    {
        var sides = Numbers(Part(input, "input_size", JsonValueKind.Array), "input_size");
        Check(
            sides is [3, >= InputBounds.LeastSide and <= InputBounds.MostSide, _]
            && sides[1] == sides[2]
            && sides[1] == Math.Floor(sides[1]),
            "input_size",
            $"[{string.Join(", ", sides)}]",
            $"3 channels and a square of {InputBounds.LeastSide} to {InputBounds.MostSide} pixels");
        return (int)sides[1];
    }

    private double[] Channels(JsonElement input, string key, bool positive = false)
    {
        var values = Numbers(Part(input, key, JsonValueKind.Array), key);
        Check(
            values.Length == 3 && values.All(v => v > 0 || !positive),
            key,
            $"[{string.Join(", ", values)}]",
            positive ? "three numbers above 0" : "three numbers");
        return values;
    }

    /// <summary>The names that the config has; ImageNet's where its tag says that it was trained on these; else none.</summary>
    private IReadOnlyList<string> Classes(JsonElement input, Func<IReadOnlyList<string>> imageNet)
    {
        var count = Optional(_root, "num_classes", Number) ?? 0;
        Check(count == Math.Floor(count) && count is >= 0 and <= MostClasses, "num_classes", count, $"a whole number to {MostClasses}");
        var names = Optional(_root, "label_names", List) ?? Optional(input, "label_names", List);
        if (names is not null)
        {
            Check(names.Length == count, "label_names", $"{names.Length} names", $"as many as num_classes, {count}");
            return names;
        }

        var isImageNet = count == 1000 && Optional(input, "tag", Word)?.Split('_')[^1] == "in1k";
        return isImageNet ? imageNet() : [];
    }

    private JsonElement Part(JsonElement of, string key, JsonValueKind kind = JsonValueKind.Object) =>
        of.TryGetProperty(key, out var part) && part.ValueKind == kind
            ? part
            : throw new FineTuneException($"'{_path}' has no '{key}' as timm writes it.");

    private static T? Optional<T>(JsonElement of, string key, Func<JsonElement, string, T> read) =>
        of.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? read(value, key) : default;

    private static double? Optional(JsonElement of, string key, Func<JsonElement, string, double> read) =>
        of.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? read(value, key) : null;

    private string Word(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Bad(key, value.ValueKind.ToString(), "a word");

    private double Number(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw Bad(key, value.ValueKind.ToString(), "a number");

    private double[] Numbers(JsonElement list, string key) => [.. list.EnumerateArray().Select(v => Number(v, key))];

    private string[] List(JsonElement list, string key) => list.ValueKind == JsonValueKind.Array
        ? [.. list.EnumerateArray().Select(v => Word(v, key))]
        : throw Bad(key, list.ValueKind.ToString(), "a list of names");

    private void Check(bool holds, string key, object value, string allowed)
    {
        if (!holds)
            throw Bad(key, FormattableString.Invariant($"{value}"), allowed);
    }

    private FineTuneException Bad(string key, string value, string allowed) =>
        new($"'{_path}': '{key}' is '{WeightException.Printable(value)}'; it must be {allowed}.");
}
