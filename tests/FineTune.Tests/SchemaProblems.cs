using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Experiment;
using NJsonSchema;

namespace FineTune.Tests;

/// <summary>What a JSON Schema finds wrong in a YAML text.</summary>
internal static class SchemaProblems
{
    public static async Task<IEnumerable<string>> Of(string yaml, JsonObject schema)
    {
        var read = await JsonSchema.FromJsonAsync(schema.ToJsonString());
        return read.Validate(JsonSerializer.Serialize(RecipeTree.Parse(yaml, "the text"))).Select(e => e.ToString());
    }
}
