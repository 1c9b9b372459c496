using System.Text.Json.Nodes;
using FineTune.Augment;
using FineTune.Optimize.Schedules;

namespace FineTune.Train.Keys;

/// <summary>The kinds of values that are rows of registries: a name, or a map with a name and options.</summary>
internal static class SpecKinds
{
    private const string NameKey = "name";

    /// <summary>A row of a registry.</summary>
    /// <param name="words">What is allowed.</param>
    /// <param name="rows">The rows' names and options.</param>
    public static KeyKind<NamedSpec> Row(string words, Func<IEnumerable<(string Name, IEnumerable<OptionInfo> Options)>> rows) =>
        new RowKind(words, rows);

    /// <summary>A schedule, or a list of them: a sequence.</summary>
    public static KeyKind<NamedSpec?> Schedule { get; } = new ScheduleKind();

    /// <summary>A preset's name, or transforms in order.</summary>
    public static KeyKind<AugmentSpec> Augment { get; } = new AugmentKind();

    /// <summary>A row as a map.</summary>
    public static Dictionary<string, object?> Plain(NamedSpec spec) =>
        new(spec.Options.Prepend(KeyValuePair.Create<string, object?>(NameKey, spec.Name)));

    private static NamedSpec ScheduleOf(string key, object value) =>
        value is List<object?> parts ? new NamedSpec("sequence").With("parts", parts) : NamedSpec.Parse(key, value);

    private static JsonObject SchemaOf(IEnumerable<(string Name, IEnumerable<OptionInfo> Options)> rows)
    {
        var table = rows.ToArray();
        var maps = table.Select(r => (JsonNode?)new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(r.Options.DistinctBy(o => o.Name).Select(
                o => KeyValuePair.Create(o.Name, (JsonNode?)new JsonObject { ["description"] = $"{o.Meaning} (default {o.Default})" }))
                .Prepend(KeyValuePair.Create(NameKey, (JsonNode?)new JsonObject { ["enum"] = new JsonArray(r.Name) }))),
            ["required"] = new JsonArray(NameKey),
            ["additionalProperties"] = false,
        });
        return new JsonObject
        {
            ["anyOf"] = new JsonArray([new JsonObject { ["enum"] = new JsonArray([.. table.Select(r => (JsonNode?)r.Name)]) }, .. maps]),
        };
    }

    private static string Shown(NamedSpec spec) => spec.Options.Count == 0 ? spec.Name : spec.Yaml;

    private sealed class RowKind(string words, Func<IEnumerable<(string Name, IEnumerable<OptionInfo> Options)>> rows) : KeyKind<NamedSpec>
    {
        public override string Words => words;

        public override JsonObject Schema => SchemaOf(rows());

        public override NamedSpec Read(string key, object value) => NamedSpec.Parse(key, value);

        public override object? Write(NamedSpec value) => Plain(value);

        public override string Show(NamedSpec value) => Shown(value);
    }

    private sealed class ScheduleKind : KeyKind<NamedSpec?>
    {
        public override string Words => "a name of `finetune list schedules`, a map with its options, or a list of them";

        public override JsonObject Schema
        {
            get
            {
                static IEnumerable<(string, IEnumerable<OptionInfo>)> Rows() =>
                    ScheduleTable.Table.Select(s => (s.Name, s.Options.Concat(ScheduleTable.Common)));
                var schema = SchemaOf(Rows());
                schema["anyOf"]!.AsArray().Add((JsonNode)new JsonObject { ["type"] = "array", ["items"] = SchemaOf(Rows()) });
                return schema;
            }
        }

        public override NamedSpec? Read(string key, object value) => ScheduleOf(key, value);

        public override object? Write(NamedSpec? value) => value is null ? null : Plain(value);

        public override string Show(NamedSpec? value) => value is null ? string.Empty : Shown(value);
    }

    private sealed class AugmentKind : KeyKind<AugmentSpec>
    {
        public override string Words => "a name of `finetune list augmentations`, or a list of transforms";

        public override JsonObject Schema
        {
            get
            {
                static IEnumerable<(string, IEnumerable<OptionInfo>)> Rows() =>
                    Augmentations.Transforms.Select(t => (t.Name, t.Options.AsEnumerable()));
                var schema = SchemaOf(Rows());
                schema["anyOf"]!.AsArray()
                    .Add((JsonNode)new JsonObject { ["enum"] = new JsonArray([.. Augmentations.Presets.Select(p => (JsonNode?)p.Name)]) });
                schema["anyOf"]!.AsArray().Add((JsonNode)new JsonObject { ["type"] = "array", ["items"] = SchemaOf(Rows()) });
                return schema;
            }
        }

        public override AugmentSpec Read(string key, object value) => value switch
        {
            string preset => AugmentSpec.Of(preset),
            List<object?> list => AugmentSpec.Of([.. list.Select(t => NamedSpec.Parse(key, t ?? string.Empty))]),
            _ => AugmentSpec.Of([NamedSpec.Parse(key, value)]),
        };

        public override object? Write(AugmentSpec value) =>
            value.Preset ?? (object)value.Transforms.Select(t => (object?)Plain(t)).ToList();

        public override string Show(AugmentSpec value) => value.Preset ?? string.Join(", ", value.Transforms);
    }
}
