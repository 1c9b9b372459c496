using System.Text.Json.Nodes;

namespace FineTune.Train.Keys;

/// <summary>A recipe's expectations: a map of metrics to ranges, and how they were obtained.</summary>
internal sealed class ExpectKind : KeyKind<ExpectOptions>
{
    private const string How = "how";

    public override string Words => $"a map of {string.Join(", ", ExpectOptions.Metrics)} to ranges, as in val_top1: [0.8, 0.9], and {How}";

    public override JsonObject Schema => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(ExpectOptions.Metrics.Select(m => KeyValuePair.Create(m, (JsonNode?)Range()))
            .Append(KeyValuePair.Create(How, (JsonNode?)new JsonObject { ["type"] = "string" }))),
        ["additionalProperties"] = false,
    };

    public override ExpectOptions Read(string key, object value)
    {
        if (value is not IReadOnlyDictionary<string, object?> map)
            throw Refuse(key, $"'{OptionReader.Text(value)}'", Words);
        if (map.Count == 0)
            return ExpectOptions.None;
        var read = new OptionReader(
            key, [.. ExpectOptions.Metrics.Append(How).Select(m => new OptionInfo(m, string.Empty, string.Empty))], map);
        return new ExpectOptions
        {
            Ranges = map.Where(e => e.Key != How && e.Value is not null).ToDictionary(e => e.Key, e => read.Range(e.Key, default)),
            How = read.Words(How),
        };
    }

    public override object? Write(ExpectOptions value)
    {
        var map = value.Ranges.ToDictionary(r => r.Key, r => (object?)new List<object?> { r.Value.Low, r.Value.High });
        if (value.How is { } how)
            map[How] = how;
        return map;
    }

    public override string Show(ExpectOptions value) => value.Ranges.Count == 0 ? string.Empty : OptionReader.Text(Write(value));

    public override void Check(string key, ExpectOptions value)
    {
        foreach (var (metric, range) in value.Ranges)
        {
            if (!(range.Low <= range.High))
            {
                throw Refuse(
                    $"{key}.{metric}", $"[{OptionReader.Text(range.Low)}, {OptionReader.Text(range.High)}]", "the lower end first");
            }
        }
    }

    private static JsonObject Range() =>
        new() { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "number" }, ["minItems"] = 2, ["maxItems"] = 2 };
}
