using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Experiment;
using FineTune.Experiment.Sweeps;
using FineTune.Train.Keys;
using FineTune.Weights;
using Spectre.Console;

namespace FineTune.Cli.Verbs;

/// <summary>finetune recipe: looks at recipes without training.</summary>
internal static class RecipeVerb
{
    private const string Check = "check", Show = "show", Diff = "diff", Schema = "schema", Sweep = "sweep", Card = "card";
    private static readonly string[] Kinds = [Check, Show, Diff, Schema];

    private static readonly Argument<string> What = new("what")
    {
        Description = "check: whether a recipe can be used; show: all its keys, resolved; diff: what differs between two; schema: "
            + "the JSON Schema of recipes; schema sweep: that of sweep files; schema card: that of cards of weights",
    };

    private static readonly Argument<string[]> Recipes = new("recipes")
    {
        Description = "Recipe files, names from `finetune list recipes`, or folders of runs",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string[]> Settings = new("--set")
    {
        Description = "Keys to set in each, as in --set trainable=head epochs=5",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    public static Command Command() => CommonOptions.Verb(
        "recipe",
        "Checks, shows and compares recipes, without training.",
        [
            "finetune recipe check mine.yaml",
            "finetune recipe show fine-tune --set data=photos model=resnet18",
            "finetune recipe diff runs/a runs/b",
            "finetune recipe schema",
            "finetune recipe schema sweep",
            "finetune recipe schema card",
        ],
        [What, Recipes, Settings],
        Run);

    private static int Run(ParseResult parsed, Ui ui)
    {
        var (what, names, settings) = (parsed.GetValue(What)!, parsed.GetValue(Recipes) ?? [], parsed.GetValue(Settings) ?? []);
        var wanted = what switch
        {
            Check or Show => 1,
            Diff => 2,
            Schema when names is [Sweep or Card] => 1,
            Schema => 0,
            _ => throw new UsageException(Nearest.Unknown("action", what, Kinds).Message),
        };
        if (names.Length != wanted)
        {
            throw new UsageException(
                $"`{Shell.Line("recipe", what)}` takes {wanted} recipe{(wanted == 1 ? string.Empty : "s")}, not {names.Length}.");
        }
        switch (what)
        {
            case Schema:
                var schema = names switch
                {
                    [Sweep] => SweepKeys.Schema(),
                    [Card] => CardKeys.Schema(),
                    _ => RecipeSchema.Make(),
                };
                Console.Out.WriteLine(schema.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }));
                return Exit.Done;
            case Diff:
                return Compare(RecipeDescription.Of(names[0], settings), RecipeDescription.Of(names[1], settings), ui);
            case Show:
                var shown = RecipeDescription.Of(names[0], settings);
                var yaml = RecipeFile.Write(shown.Recipe);
                ui.Notes(shown.Missing);
                ui.ResultJson(new JsonObject { ["recipe"] = yaml, ["missing"] = Format.Json(shown.Missing) });
                foreach (var line in yaml.TrimEnd().Split('\n'))
                    ui.Result(line);
                return Exit.Done;
            default:
                var read = RecipeDescription.Of(names[0], settings);
                read.RequireUsable();
                ui.Notes(read.Missing);
                ui.ResultJson(new JsonObject { ["recipe"] = names[0], ["usable"] = true, ["missing"] = Format.Json(read.Missing) });
                ui.Result($"{names[0]} can be used.");
                return Exit.Done;
        }
    }

    private static int Compare(RecipeDescription a, RecipeDescription b, Ui ui)
    {
        var table = Ui.Table("key", "first", "second", "what it does");
        foreach (var difference in RecipeDescription.Differences(a, b))
        {
            ui.ResultJson(new JsonObject
            {
                ["key"] = difference.Key,
                ["first"] = difference.First,
                ["second"] = difference.Second,
                ["effect"] = KeyList.Effect(difference.Effect),
            });
            table.AddRow(Ui.Cell(difference.Key), Ui.Cell(difference.First), Ui.Cell(difference.Second), KeyList.Effect(difference.Effect));
        }

        if (table.Rows.Count > 0)
            ui.Result(table);
        else
            ui.Result("They do not differ.");
        return Exit.Done;
    }
}
