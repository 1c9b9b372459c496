using System.Text.Json.Nodes;

namespace FineTune.Train.Keys;

/// <summary>The JSON Schema of recipes, by which editors complete and check them (YAML is a superset of JSON).</summary>
public static class RecipeSchema
{
    /// <summary>The schema, of draft 2020-12.</summary>
    public static JsonObject Make()
    {
        var properties = new JsonObject();
        foreach (var key in RecipeKeys.All)
        {
            if (key.Map is not { } map)
                properties[key.Name] = Described(key);
            else if (properties[map] is null)
                properties[map] = Map(map);
        }

        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "A recipe of FineTune",
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
        };
    }

    private static JsonObject Map(string name)
    {
        var keys = RecipeKeys.Within(name);
        var map = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(keys.Select(k => KeyValuePair.Create(k.Inner, (JsonNode?)Described(k)))),
            ["additionalProperties"] = false,
        };
        return name == RecipeKeys.EarlyStop
            ? new JsonObject { ["anyOf"] = new JsonArray(map, keys[0].Schema) } // its patience alone
            : map;
    }

    /// <summary>A key's values, or null: as if it were left out.</summary>
    private static JsonObject Described(RecipeKey key)
    {
        var unit = key.Unit is { } u ? $" ({u})" : string.Empty;
        var otherwise = key.Default.Length > 0 ? $" Default: {key.Default}." : string.Empty;
        return new JsonObject
        {
            ["description"] = $"{key.Meaning}{unit}. {key.Allowed.TrimEnd(',')}.{otherwise}",
            ["anyOf"] = new JsonArray(key.Schema, new JsonObject { ["type"] = "null" }),
        };
    }
}
