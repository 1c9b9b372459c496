using System.Text.Json.Nodes;
using FineTune.Train.Keys;

namespace FineTune.Experiment.Sweeps;

/// <summary>The keys of a sweep file.</summary>
public static class SweepKeys
{
    internal const string Recipe = "recipe", Set = "set", Over = "over", Search = "search", Runs = "runs", Seed = "seed", Seeds = "seeds",
        Folds = "folds", Halving = "halving", Hyperband = "hyperband", Choose = "choose";

    internal const int MostSeeds = 1000, MostFolds = 1000, MostKeep = 100;

    /// <summary>Every key: its name, and what it does.</summary>
    public static IReadOnlyList<(string Name, string Meaning)> All { get; } =
    [
        (Recipe, "what all runs begin from: a recipe file, relative to the sweep's, a name of `finetune list recipes`, or a map of keys"),
        (Set, "keys of the recipe for all runs"),
        (Over, "keys that vary: lists of values or ranges; or a list of such maps, each searched for itself"),
        (Search, "how values are found"),
        (Runs, "configurations that random and sobol draw"),
        (Seed, "decides what they draw"),
        (Seeds, "a number of seeds, or a list, that each configuration is trained with"),
        (Folds, "folds of the training images, each of which is validated on in turn"),
        (Halving, "successive halving: only the best go on"),
        (Hyperband, "successive halving in several brackets"),
        (Choose, "the metric that is chosen by"),
    ];

    /// <summary>Words that a key's value is one of; none for other keys.</summary>
    internal static IReadOnlyList<string> Words(string key) => key switch
    {
        Search => ["grid", "random", "sobol"],
        Choose => SweepSpec.ChooseWords,
        _ => [],
    };

    /// <summary>The JSON Schema of sweep files, of draft 2020-12.</summary>
    public static JsonObject Schema() => new()
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["title"] = "A sweep of FineTune",
        ["type"] = "object",
        ["properties"] = new JsonObject(All.Select(k => KeyValuePair.Create(k.Name, (JsonNode?)Described(k.Name, k.Meaning)))),
        ["additionalProperties"] = false,
    };

    private static JsonObject Described(string name, string meaning)
    {
        var schema = Of(name);
        schema["description"] = meaning;
        return schema;
    }

    private static JsonObject Of(string name) => name switch
    {
        Recipe => AnyOf(Type("string"), RecipeSchema.Make()),
        Set => Settings(),
        Over => AnyOf(Settings(), new JsonObject { ["type"] = "array", ["items"] = Settings(), ["minItems"] = 1 }),
        Runs => Whole(1, SearchPoints.Most),
        Seed => Type("integer"),
        Seeds => AnyOf(
            Whole(1, MostSeeds),
            new JsonObject { ["type"] = "array", ["items"] = Type("integer"), ["minItems"] = 1, ["uniqueItems"] = true }),
        Folds => Whole(2, MostFolds),
        Halving or Hyperband => AnyOf(new JsonObject { ["enum"] = new JsonArray(true) }, new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["keep"] = Whole(2, MostKeep), ["first"] = Whole(1, int.MaxValue) },
            ["additionalProperties"] = false,
        }),
        _ => new JsonObject { ["enum"] = new JsonArray([.. Words(name).Select(w => (JsonNode?)w)]) },
    };

    /// <summary>Keys of a recipe by their path, as in optimizer.lr.</summary>
    private static JsonObject Settings()
    {
        var tops = string.Join('|', RecipeKeys.Top.Except(SweepFile.Own));
        return new JsonObject
        {
            ["type"] = "object",
            ["patternProperties"] = new JsonObject { [$"^({tops})(\\.[a-z0-9_]+)?$"] = new JsonObject() },
            ["additionalProperties"] = false,
        };
    }

    private static JsonObject Type(string type) => new() { ["type"] = type };

    private static JsonObject Whole(long least, long most) => new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most };

    private static JsonObject AnyOf(params JsonNode[] kinds) => new() { ["anyOf"] = new JsonArray([.. kinds]) };
}
