using System.Text.Json.Nodes;
using FineTune.Train.Keys;

namespace FineTune.Cli.Show;

/// <summary>Every key of a recipe.</summary>
internal static class KeyList
{
    public static int Show(Ui ui)
    {
        var width = RecipeKeys.All.Max(k => k.Name.Length);
        foreach (var key in RecipeKeys.All)
        {
            ui.ResultJson(new JsonObject
            {
                ["name"] = key.Name,
                ["meaning"] = key.Meaning,
                ["allowed"] = key.Allowed.TrimEnd(','),
                ["default"] = key.Default,
                ["unit"] = key.Unit,
                ["since"] = key.Since,
                ["effect"] = Effect(key.Effect),
            });
            ui.Result($"{key.Name.PadRight(width)}  {key.Meaning}");
            var otherwise = key.Default.Length > 0 ? key.Default : "none";
            ui.Result($"{string.Empty.PadRight(width)}    {key.Allowed.TrimEnd(',')}; default {otherwise}");
        }

        return Exit.Done;
    }

    public static int ShowMarkdown()
    {
        foreach (var row in Markdown())
            Ui.Line(row);
        return Exit.Done;
    }

    /// <summary>Rows of the table in docs/recipes.md, which scripts/remake-docs.sh writes.</summary>
    public static IEnumerable<string> Markdown() => RecipeKeys.All.Select(k =>
        $"| `{k.Name}` | {Cell(k.Meaning)} | {Cell(k.Allowed.TrimEnd(','))} | {(k.Default.Length > 0 ? $"`{k.Default}`" : string.Empty)} | "
        + $"{k.Unit} | {k.Since} | {Effect(k.Effect)} |");

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>What another value of a key does to the weights of a run, in words.</summary>
    public static string Effect(KeyEffect effect) => effect switch
    {
        KeyEffect.Weights => "other weights",
        KeyEffect.Place => "the same weights if the content there is the same",
        KeyEffect.Machine => "the same weights up to rounding",
        _ => "the same weights",
    };
}
