using System.Text;
using FineTune.Train.Keys;

namespace FineTune.Experiment;

/// <summary>Where a value stands.</summary>
/// <param name="Source">The file.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal sealed record RecipePlace(string Source, long Line, long Column);

/// <summary>A recipe's file, with those that it includes, as plain values.</summary>
internal static class RecipeSource
{
    private const int Deepest = 8, MostCharacters = 1 << 20; // a recipe is a page; a megabyte is no recipe

    /// <summary>Reads a file: what it includes first, in order, its own keys over that.</summary>
    /// <param name="path">The file.</param>
    /// <param name="places">Where each value stands.</param>
    /// <exception cref="FineTuneException">A file is no recipe, or files include one another.</exception>
    public static Dictionary<string, object?> Read(string path, out Dictionary<string, RecipePlace> places)
    {
        places = new Dictionary<string, RecipePlace>(StringComparer.Ordinal);
        return Read(path, places, []);
    }

    /// <summary>Puts values over others: key by key, also within maps of keys.</summary>
    /// <param name="tree">Changed.</param>
    /// <param name="own">Has precedence.</param>
    public static void Merge(Dictionary<string, object?> tree, Dictionary<string, object?> own)
    {
        foreach (var (key, value) in own)
        {
            if (value is not Dictionary<string, object?> map)
                tree[key] = value;
            else if (RecipeKeys.Within(key).Count > 0 && tree.GetValueOrDefault(key) is Dictionary<string, object?> under)
                tree[key] = new Dictionary<string, object?>([.. under.Where(e => !map.ContainsKey(e.Key)), .. map]);
            else
                tree[key] = new Dictionary<string, object?>(map); // a setting may change it
        }
    }

    private static Dictionary<string, object?> Read(string path, Dictionary<string, RecipePlace> places, IReadOnlyList<string> around)
    {
        var real = RealPath.Of(path);
        if (around.Contains(real))
        {
            throw new FineTuneException(
                $"'{path}' includes itself, by way of {string.Join(" and ", around.Select(f => $"'{Path.GetFileName(f)}'"))}.");
        }
        if (around.Count == Deepest)
            throw new FineTuneException($"'{path}' is included {Deepest} files deep; a recipe is not.");
        var own = RecipeTree.Parse(Text(path), path, out var found);
        var tree = new Dictionary<string, object?>();
        foreach (var name in Included(own, path))
            Merge(tree, Read(Path.Combine(Path.GetDirectoryName(path) ?? string.Empty, name), places, [.. around, real]));
        own.Remove(RecipeKeys.Include);
        foreach (var (key, (line, column)) in found)
            places[key] = new RecipePlace(path, line, column);
        Merge(tree, own);
        return tree;
    }

    private static IEnumerable<string> Included(Dictionary<string, object?> own, string path) =>
        own.GetValueOrDefault(RecipeKeys.Include) switch
        {
            null => [],
            string one => [one],
            List<object?> list when list.All(f => f is string) => list.Cast<string>(),
            var other => throw new FineTuneException(
                $"'{path}' includes {OptionReader.Text(other)}; a recipe file or a list of them is allowed."),
        };

    /// <summary>The text of a recipe file.</summary>
    /// <exception cref="FineTuneException">It cannot be read, is not UTF-8, or is too long.</exception>
    internal static string Text(string path)
    {
        try
        {
            using var reader = new StreamReader(RegularFile.OpenStream(path), new UTF8Encoding(false, throwOnInvalidBytes: true));
            var text = new char[MostCharacters + 1];
            var length = reader.ReadBlock(text);
            return length <= MostCharacters
                ? new string(text, 0, length)
                : throw new FineTuneException($"'{path}' has more than {MostCharacters} characters; it is no recipe.");
        }
        catch (DecoderFallbackException e)
        {
            throw new FineTuneException($"'{path}' is not UTF-8; save it so, for instance by: iconv -f latin1 -t utf-8 FILE > NEW", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException($"Cannot read the recipe '{path}': {RegularFile.Reason(path, e)}.", e);
        }
    }
}
