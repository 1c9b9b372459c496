using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>A key in which two recipes differ.</summary>
/// <param name="Key">The key, nested ones with a dot.</param>
/// <param name="Before">Its value in the first, as YAML on one line; empty where it has none.</param>
/// <param name="Now">Its value in the second.</param>
public sealed record RecipeDifference(string Key, string Before, string Now)
{
    /// <summary>The keys in which two recipes differ, once everything is resolved.</summary>
    public static IReadOnlyList<RecipeDifference> Between(Recipe before, Recipe now)
    {
        var (a, b) = (Flat(before), Flat(now));
        return [.. a.Keys.Union(b.Keys)
            .Select(key => new RecipeDifference(key, a.GetValueOrDefault(key, string.Empty), b.GetValueOrDefault(key, string.Empty)))
            .Where(d => d.Before != d.Now)];
    }

    /// <summary>The keys in which several recipes are not all alike, with the value of each; empty where it has none.</summary>
    public static IReadOnlyList<(string Key, IReadOnlyList<string> Values)> Across(IReadOnlyList<Recipe> recipes)
    {
        var flat = recipes.Select(Flat).ToArray();
        return [.. flat.SelectMany(f => f.Keys).Distinct()
            .Select(key => (key, (IReadOnlyList<string>)[.. flat.Select(f => f.GetValueOrDefault(key, string.Empty))]))
            .Where(row => row.Item2.Distinct().Count() > 1)];
    }

    /// <summary>"optimizer.lr (0.01, now 0.1)".</summary>
    public override string ToString() => $"{Key} ({(Before.Length > 0 ? Before : "not set")}, now {(Now.Length > 0 ? Now : "not set")})";

    private static Dictionary<string, string> Flat(Recipe recipe)
    {
        var flat = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in RecipeTree.Parse(RecipeFile.Write(recipe.WithRates()), "recipe"))
            Add(flat, key, value);
        return flat;
    }

    private static void Add(Dictionary<string, string> flat, string key, object? value)
    {
        if (value is Dictionary<string, object?> map && map.Count > 0)
        {
            foreach (var (inner, under) in map)
                Add(flat, $"{key}.{inner}", under);
        }
        else
        {
            flat[key] = OptionReader.Text(value);
        }
    }
}
