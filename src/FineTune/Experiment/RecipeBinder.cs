using FineTune.Train;
using FineTune.Train.Keys;

namespace FineTune.Experiment;

/// <summary>
/// Makes a recipe of plain values, by the declarations of its keys. What is wrong in a file is said with its line and column.
/// </summary>
/// <param name="places">Where its values stand; null: in no file.</param>
/// <param name="settings">key=value, which have precedence: what they set stands nowhere.</param>
internal sealed class RecipeBinder(IReadOnlyDictionary<string, RecipePlace>? places = null, IReadOnlyList<string>? settings = null)
{
    /// <summary>The recipe, not checked as a whole.</summary>
    /// <param name="tree">Its values; changed.</param>
    /// <param name="auto">What is left to be decided.</param>
    /// <exception cref="FineTuneException">An unknown key, or a value of the wrong kind or out of range.</exception>
    public Recipe Bind(Dictionary<string, object?> tree, AutoOptions? auto = null)
    {
        if (tree.GetValueOrDefault(RecipeKeys.EarlyStop) is long epochs)
            tree[RecipeKeys.EarlyStop] = new Dictionary<string, object?> { ["patience"] = epochs };
        foreach (var (key, value) in tree)
            RequireKnown(key, value);
        var recipe = new Recipe { Auto = auto };
        foreach (var key in RecipeKeys.All)
        {
            if (Value(tree, key) is { } value)
                recipe = Located(key.Name, () => key.Set(recipe, value));
        }

        return recipe.Phases.Count > 0 && recipe.Phases.All(p => p.Epochs is not null) && tree.GetValueOrDefault("epochs") is null
            ? recipe with { Epochs = recipe.Phases.Sum(p => p.Epochs!.Value) }
            : recipe;
    }

    private void RequireKnown(string key, object? value)
    {
        if (!RecipeKeys.Top.Contains(key))
            throw At(key, Nearest.Unknown("recipe key", key, RecipeKeys.Top));
        if (RecipeKeys.Within(key) is not { Count: > 0 } inner || value is null)
            return;
        var names = inner.Select(k => k.Inner).ToArray();
        if (value is not Dictionary<string, object?> map)
        {
            throw At(
                key,
                new FineTuneException($"The recipe's {key} is a map of {string.Join(", ", names)}, as in {key}: {{ {names[0]}: ... }}."));
        }
        foreach (var name in map.Keys.Where(n => !names.Contains(n)))
            throw At($"{key}.{name}", Nearest.Unknown($"option of {key}", name, names));
    }

    private static object? Value(Dictionary<string, object?> tree, RecipeKey key) =>
        key.Map is { } map
            ? (tree.GetValueOrDefault(map) as Dictionary<string, object?>)?.GetValueOrDefault(key.Inner)
            : tree.GetValueOrDefault(key.Name);

    private Recipe Located(string key, Func<Recipe> set)
    {
        try
        {
            return set();
        }
        catch (FineTuneException e)
        {
            throw At(key, e);
        }
    }

    /// <summary>The same failure, with the place of a key where it stands in the file.</summary>
    private FineTuneException At(string key, FineTuneException e)
    {
        var top = key.Split('.')[0];
        var isSet = (settings ?? [])
            .Any(s => s.Split('=')[0] is var path && (path == top || path.StartsWith($"{top}.", StringComparison.Ordinal)));
        return !isSet && (places?.TryGetValue(key, out var place) == true || places?.TryGetValue(top, out place) == true)
            ? new FineTuneException(
                FormattableString.Invariant($"'{place.Source}', line {place.Line}, column {place.Column}: {e.Message}"), e)
            : e;
    }
}
