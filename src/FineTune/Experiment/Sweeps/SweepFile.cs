using FineTune.Train.Keys;

namespace FineTune.Experiment.Sweeps;

/// <summary>Sweeps on disk, as YAML. An unknown key is answered with the nearest right one.</summary>
public static class SweepFile
{
    private static readonly string[] Keys = [.. SweepKeys.All.Select(k => k.Name)];

    private static readonly string[] RangeKeys = ["from", "to", "scale", "points"];

    /// <summary>Keys that a sweep gives its runs itself.</summary>
    internal static readonly string[] Own = ["seed", "fold", "folds", "split_seed", "expect", RecipeKeys.Include, RecipeKeys.Named];

    /// <summary>Reads a sweep file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">key=value over its recipe.</param>
    /// <exception cref="FineTuneException">It is no sweep, or names what there is not.</exception>
    public static SweepSpec Read(string path, IEnumerable<string>? settings = null)
    {
        var tree = RecipeTree.Parse(RecipeSource.Text(path), path);
        try
        {
            return Spec(tree, Path.GetDirectoryName(Path.GetFullPath(path))!, [.. settings ?? []]);
        }
        catch (FineTuneException e)
        {
            throw new FineTuneException($"'{path}': {e.Message}", e);
        }
    }

    private static SweepSpec Spec(Dictionary<string, object?> tree, string folder, string[] settings)
    {
        if (tree.Keys.FirstOrDefault(k => !Keys.Contains(k)) is { } unknown)
            throw Nearest.Unknown("key of a sweep", unknown, Keys);
        var search = Word(SweepKeys.Search, tree, "grid", SweepKeys.Words(SweepKeys.Search));
        var spec = new SweepSpec
        {
            Base = Base(tree.GetValueOrDefault(SweepKeys.Recipe), folder),
            Set =
            [
                .. Map(SweepKeys.Set, tree.GetValueOrDefault(SweepKeys.Set)).Select(s => SweepSetting.Of(Known(s.Key), s.Value)),
                .. settings.Select(Settable),
            ],
            Over = Blocks(tree.GetValueOrDefault(SweepKeys.Over)),
            Search = Enum.Parse<SearchKind>(search, ignoreCase: true),
            Runs = (int?)Whole(SweepKeys.Runs, tree, 1, SearchPoints.Most),
            Seed = Whole(SweepKeys.Seed, tree, long.MinValue, long.MaxValue) ?? 0,
            Seeds = Seeds(tree.GetValueOrDefault(SweepKeys.Seeds)),
            Folds = (int)(Whole(SweepKeys.Folds, tree, 2, SweepKeys.MostFolds) ?? 0),
            Halving = Halving(tree),
            Choose = Word(SweepKeys.Choose, tree, SweepSpec.ChooseWords[0], SweepKeys.Words(SweepKeys.Choose)),
        };
        Check(spec);
        return spec;
    }

    private static void Check(SweepSpec spec)
    {
        var brackets = spec.Halving is { Brackets: true };
        if (spec.Search == SearchKind.Grid && spec.Runs is not null)
        {
            throw new FineTuneException(
                "A grid has as many runs as there are combinations; leave out runs, or search at random or by sobol.");
        }

        if (brackets && (spec.Search == SearchKind.Grid || spec.Runs is not null))
            throw new FineTuneException("hyperband says how many runs there are: search at random or by sobol, and leave out runs.");
        if (!brackets && spec.Search != SearchKind.Grid && spec.Runs is null)
            throw new FineTuneException("Give runs, how many configurations are to be drawn.");
    }

    /// <summary>The recipe that all begin from: a file beside the sweep's, a name, or its keys.</summary>
    private static Dictionary<string, object?> Base(object? value, string folder)
    {
        var tree = value switch
        {
            null => [],
            Dictionary<string, object?> keys => keys,
            string name when File.Exists(Path.Combine(folder, name)) => NoSweep(RecipeSource.Read(Path.Combine(folder, name), out _), name),
            string name when name.Contains('.', StringComparison.Ordinal) || name.Contains('/', StringComparison.Ordinal) =>
                throw new FineTuneException($"There is no recipe '{Path.Combine(folder, name)}'; a path is relative to the sweep's file."),
            string name => new Dictionary<string, object?> { [RecipeKeys.Named] = NamedRecipes.Find(name).Name },
            var other => throw Wrong(SweepKeys.Recipe, other, "a recipe file, a name of `finetune list recipes`, or a map of keys"),
        };
        return tree.ToDictionary(k => k.Key, k => SweepSetting.Located(k.Key, k.Value));
    }

    private static Dictionary<string, object?> NoSweep(Dictionary<string, object?> tree, string name) =>
        tree.ContainsKey(SweepKeys.Over)
            ? throw new FineTuneException($"'{name}' is a sweep itself; {SweepKeys.Recipe} names the file of one run's recipe.")
            : tree;

    private static IReadOnlyList<IReadOnlyList<SweepAxis>> Blocks(object? over) => over switch
    {
        null => [[]], // seeds or folds alone
        List<object?> { Count: > 0 } blocks => [.. blocks.Select(b => Axes(Map(SweepKeys.Over, b)))],
        _ => [Axes(Map(SweepKeys.Over, over))],
    };

    private static IReadOnlyList<SweepAxis> Axes(Dictionary<string, object?> block) => [.. block.Select(k => Axis(Known(k.Key), k.Value))];

    private static SweepAxis Axis(string key, object? value) => value switch
    {
        List<object?> { Count: 0 } => throw new FineTuneException($"over.{key} is an empty list; give its values."),
        List<object?> values when values.GroupBy(OptionReader.Text).FirstOrDefault(g => g.Count() > 1) is { } twice =>
            throw new FineTuneException($"over.{key} has {twice.Key} more than once; give each value once."),
        List<object?> values => new SweepAxis(key, values, null),
        Dictionary<string, object?> map when map.ContainsKey("from") || map.ContainsKey("to") => new SweepAxis(key, null, Range(key, map)),
        _ => new SweepAxis(key, [value], null),
    };

    /// <summary>Numbers between two.</summary>
    private static SweepRange Range(string key, Dictionary<string, object?> map)
    {
        if (map.Keys.FirstOrDefault(k => !RangeKeys.Contains(k)) is { } unknown)
            throw Nearest.Unknown($"key of the range of {key}", unknown, RangeKeys);
        var scale = Word("scale", map, "linear", ["linear", "log"]);
        double End(string end) => map.GetValueOrDefault(end) switch
        {
            long whole => whole,
            double number => number,
            var other => throw Wrong($"over.{key}.{end}", other, "a number"),
        };
        var (from, to) = (End("from"), End("to"));
        if (from >= to)
        {
            throw new FineTuneException(
                $"The range of {key} goes from {OptionReader.Text(from)} to {OptionReader.Text(to)}; the first is to be smaller.");
        }

        if (scale == "log" && from <= 0)
            throw new FineTuneException($"The range of {key} begins at {OptionReader.Text(from)}; on a log scale it is to begin above 0.");
        var isWhole = RecipeKeys.All.Any(k => k.Name == key && k.Schema["type"]?.ToJsonString() == "\"integer\"");
        return new SweepRange(from, to, scale == "log", isWhole, (int?)Whole("points", map, 1, SearchPoints.Most));
    }

    private static IReadOnlyList<long> Seeds(object? value) => value switch
    {
        null => [],
        long and >= 1 and <= SweepKeys.MostSeeds => [.. Enumerable.Range(0, (int)(long)value).Select(s => (long)s)],
        List<object?> { Count: > 0 } list when list.All(s => s is long) && list.Distinct().Count() == list.Count => [.. list.Cast<long>()],
        _ => throw Wrong(SweepKeys.Seeds, value, $"a number from 1 to {SweepKeys.MostSeeds}, or a list of different seeds"),
    };

    private static HalvingOptions? Halving(Dictionary<string, object?> tree)
    {
        string[] given = [.. new[] { SweepKeys.Halving, SweepKeys.Hyperband }.Where(k => tree.GetValueOrDefault(k) is not null)];
        if (given.Length == 0)
            return null;
        if (given.Length > 1)
            throw new FineTuneException("halving and hyperband are two ways to do the same; give one of them.");
        var map = tree[given[0]] is true ? [] : Map(given[0], tree[given[0]]);
        if (map.Keys.FirstOrDefault(k => k is not ("keep" or "first")) is { } unknown)
            throw Nearest.Unknown($"key of {given[0]}", unknown, ["keep", "first"]);
        return new HalvingOptions(
            (int)(Whole("keep", map, 2, SweepKeys.MostKeep) ?? 3),
            (int)(Whole("first", map, 1, int.MaxValue) ?? 1),
            given[0] == SweepKeys.Hyperband);
    }

    /// <summary>key=value, where a sweep may set the key.</summary>
    private static string Settable(string setting)
    {
        _ = Known(setting.Split('=')[0]);
        return setting;
    }

    /// <summary>A path of a recipe's key that a sweep may give.</summary>
    private static string Known(string path)
    {
        var top = path.Split('.')[0];
        if (!RecipeKeys.Top.Contains(top))
            throw Nearest.Unknown("recipe key", top, RecipeKeys.Top.Except(Own));
        return Own.Contains(top)
            ? throw new FineTuneException($"{path} cannot vary or be set in a sweep; seeds, folds and recipe are keys of its own.")
            : path;
    }

    private static Dictionary<string, object?> Map(string key, object? value) => value switch
    {
        null => [],
        Dictionary<string, object?> map => map,
        _ => throw Wrong(key, value, "a map of recipe keys"),
    };

    private static long? Whole(string key, Dictionary<string, object?> tree, long least, long most) => tree.GetValueOrDefault(key) switch
    {
        null => null,
        long whole when whole >= least && whole <= most => whole,
        var other => throw Wrong(key, other, FormattableString.Invariant($"a whole number from {least} to {most}")),
    };

    private static string Word(string key, Dictionary<string, object?> tree, string otherwise, IReadOnlyList<string> words)
    {
        var word = tree.GetValueOrDefault(key) is { } given ? OptionReader.Text(given) : otherwise;
        return words.Contains(word) ? word : throw Nearest.Unknown($"value of `{key}`:", word, words);
    }

    private static FineTuneException Wrong(string key, object? value, string allowed) =>
        new($"The sweep's {key} is {OptionReader.Text(value)}; {allowed} is allowed.");
}
