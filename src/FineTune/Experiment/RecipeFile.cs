using FineTune.Train;
using FineTune.Train.Keys;

namespace FineTune.Experiment;

/// <summary>
/// Recipes on disk. Keys are those of <see cref="Recipe"/> in snake case; an unknown one is answered with the nearest right
/// one. Any key can be set from outside by its path, as in optimizer.lr=0.01.
/// </summary>
public static class RecipeFile
{
    private const string EpochRepeats = "epoch_repeats";

    /// <summary>Keys that say how to train: a recipe with one of them is not auto unless it says so.</summary>
    private static readonly string[] HowToTrain = ["optimizer", "schedule", "phases", "unfreeze"];

    /// <summary>
    /// Reads a recipe file or a recipe that has a name, if one is given, and sets keys over it. Without a model it is that of the
    /// weights.
    /// </summary>
    /// <param name="path">A YAML file, a name of <see cref="NamedRecipes"/>, or null for the defaults.</param>
    /// <param name="settings">key=value, in order; the value is YAML.</param>
    /// <exception cref="FineTuneException">A file that is no recipe, an unknown name or key, or a value out of range.</exception>
    public static Recipe Read(string? path, IEnumerable<string>? settings = null) => Finished(ReadOpen(path, settings));

    /// <summary>The same, not checked as a whole: it may lack images and a model.</summary>
    internal static Recipe ReadOpen(string? path, IEnumerable<string>? settings = null)
    {
        var given = settings?.ToArray() ?? [];
        var places = new Dictionary<string, RecipePlace>();
        var own = path switch
        {
            null => [],
            _ when !File.Exists(path) && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') =>
                new Dictionary<string, object?> { [RecipeKeys.Named] = NamedRecipes.Find(path).Name },
            _ => RecipeSource.Read(path, out places),
        };
        return Open(own, places, given);
    }

    /// <summary>A recipe whose keys were read before, with others set over them.</summary>
    /// <exception cref="FineTuneException">An unknown key, or a value out of range.</exception>
    internal static Recipe Of(Dictionary<string, object?> own, IReadOnlyList<string> settings) => Finished(Open(own, [], [.. settings]));

    private static Recipe Open(Dictionary<string, object?> own, Dictionary<string, RecipePlace> places, string[] given)
    {
        var binder = new RecipeBinder(places, given);
        var tree = Over([], own, given);
        if (own.TryGetValue(RecipeKeys.Named, out var named) && !Equals(named, tree[RecipeKeys.Named]))
        {
            throw new FineTuneException(
                $"Two recipes are named, {OptionReader.Text(named)} and {OptionReader.Text(tree[RecipeKeys.Named])}; give one of them.");
        }

        var auto = Auto(tree);
        if (tree.GetValueOrDefault(RecipeKeys.Named) is { } name)
        {
            var yaml = NamedRecipes.Find(OptionReader.Text(name)).Yaml(binder.Bind(tree), tree.Keys.ToHashSet());
            tree = Over(RecipeTree.Parse(yaml, OptionReader.Text(name)), own, given);
        }

        return binder.Bind(tree, auto);
    }

    /// <summary>
    /// What is left to be decided, where the recipe is auto by name, or has no name and says nothing of how to train; else null.
    /// </summary>
    private static AutoOptions? Auto(Dictionary<string, object?> tree)
    {
        var name = tree.GetValueOrDefault(RecipeKeys.Named) is { } given ? OptionReader.Text(given) : null;
        var isAuto = name is null ? !tree.Keys.Any(HowToTrain.Contains) : name == NamedRecipes.Auto;
        if (tree.GetValueOrDefault(RecipeKeys.Minutes) is not null && (!isAuto || tree.ContainsKey("epochs")))
        {
            throw new FineTuneException(
                $"minutes is the time that recipe {NamedRecipes.Auto} plans for; this recipe says its length by epochs: "
                + "leave out one of them.");
        }

        if (!isAuto && (name is null || !NamedRecipes.Find(name).FindsLr || tree.ContainsKey("optimizer")))
            return null;
        var free = isAuto ? RecipeKeys.Top.Where(k => !tree.ContainsKey(k)) : [EpochRepeats];
        return new AutoOptions
        {
            Given = RecipeKeys.Top.Except(tree.ContainsKey("epochs") ? free.Except([EpochRepeats]) : free).ToHashSet(),
        };
    }

    private static Dictionary<string, object?> Over(Dictionary<string, object?> tree, Dictionary<string, object?> own, string[] settings)
    {
        RecipeSource.Merge(tree, own);
        foreach (var setting in settings)
            Set(tree, setting);
        return tree;
    }

    /// <summary>A recipe that <see cref="Write"/> wrote.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="source">What messages call it.</param>
    /// <exception cref="FineTuneException">It is no recipe.</exception>
    internal static Recipe Parse(string yaml, string source) => new RecipeBinder().Bind(RecipeTree.Parse(yaml, source));

    /// <summary>The recipe as YAML, with every key resolved.</summary>
    public static string Write(Recipe recipe)
    {
        var tree = new Dictionary<string, object?>();
        foreach (var key in RecipeKeys.All.Where(k => k.IsWritten))
        {
            var map = tree;
            if (key.Map is { } name)
                map = (Dictionary<string, object?>)(tree[name] = tree.GetValueOrDefault(name) ?? new Dictionary<string, object?>())!;
            map[key.Inner] = key.Get(recipe);
        }

        return RecipeTree.Write(tree);
    }

    private static void Set(Dictionary<string, object?> tree, string setting)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1)
            throw new FineTuneException($"'{setting}' sets nothing; write key=value, as in optimizer.lr=0.01.");
        var path = setting[..equals].Split('.');
        var value = RecipeTree.ParseValue(setting[(equals + 1)..], setting);
        if (path[0] == RecipeKeys.Include)
            throw new FineTuneException($"{RecipeKeys.Include} is for recipe files, not for '{setting}'.");
        if (!RecipeKeys.Top.Contains(path[0]))
            throw Nearest.Unknown("recipe key", path[0], RecipeKeys.Top);
        switch (path)
        {
            case [var key]:
                tree[key] = value;
                break;
            case [var key, "name"] when Default(key).Count > 0:
                tree[key] = new Dictionary<string, object?> { ["name"] = value };
                break;
            case [var key, var option]:
                var map = tree.GetValueOrDefault(key) switch
                {
                    Dictionary<string, object?> existing => existing,
                    string name => new Dictionary<string, object?> { ["name"] = name },
                    long patience when key == RecipeKeys.EarlyStop => new Dictionary<string, object?> { ["patience"] = patience },
                    _ => Default(key),
                };
                map[option] = value;
                tree[key] = map;
                break;
            default:
                throw new FineTuneException($"'{setting}' has too many dots; the deepest key looks like optimizer.lr.");
        }
    }

    /// <summary>
    /// What a key's option is set over where the recipe does not give the key: a registry's row as it is by default, or nothing.
    /// </summary>
    private static Dictionary<string, object?> Default(string key) =>
        RecipeKeys.All.FirstOrDefault(k => k.Name == key)?.Get(new Recipe()) as Dictionary<string, object?> ?? [];

    /// <summary>With the model of its weights where it names none, and checked.</summary>
    private static Recipe Finished(Recipe recipe)
    {
        var auto = recipe.Auto;
        if (auto is null && recipe.Weights == NamedRecipes.Auto)
            throw new FineTuneException("Only recipe auto chooses weights: add --set recipe=auto, or name them (`finetune list weights`).");
        if (recipe.Model.Length == 0 && recipe.Weights is { Length: > 0 } weights && !(auto is not null && weights == NamedRecipes.Auto))
            recipe = recipe with { Model = LoadedModel.ModelOf(weights) };
        recipe.Validate();
        return recipe;
    }
}
