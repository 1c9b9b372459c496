using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Augment;
using FineTune.Cli.Show;
using FineTune.Experiment;
using FineTune.Experiment.Ensembles;
using FineTune.Optimize;
using FineTune.Optimize.Schedules;
using FineTune.Regularize;
using FineTune.Train.Losses;

namespace FineTune.Cli.Verbs;

/// <summary>finetune list: the registries.</summary>
internal static class ListVerb
{
    private static readonly string[] Kinds =
    [
        "models", "weights", "optimizers", "schedules", "losses", "augmentations", "regularizers", "methods", "recipes", "keys",
    ];
    private static readonly Argument<string> Kind = new("what") { Description = string.Join(", ", Kinds) };

    private static readonly Argument<string?> Of = new("model")
    {
        Description = "With weights: those of this model alone",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> Plot = new("--plot")
    {
        Description = "Plot each schedule over 100 steps (10 epochs); with --json, print its factor and momentum at each step",
    };

    private static readonly Option<bool> Markdown = new("--markdown") { Description = "With keys: rows of a table in Markdown" };

    public static Command Command() => CommonOptions.Verb(
        "list",
        "Lists the names that a recipe can use, with their options.",
        ["finetune list optimizers", "finetune list weights resnet50", "finetune list schedules --plot"],
        [Kind, Of, Plot, Markdown],
        Run);

    private static int Run(ParseResult parsed, Ui ui)
    {
        var kind = parsed.GetValue(Kind)!;
        if (parsed.GetValue(Plot))
            return kind == "schedules" ? SchedulePlots.Draw(ui) : throw new FineTuneException($"--plot is for schedules, not for {kind}.");
        if (parsed.GetValue(Of) is { } model && kind != "weights")
            throw new UsageException($"A model is for weights, not for {kind}; leave out '{model}'.");
        if (parsed.GetValue(Markdown) && kind != "keys")
            throw new UsageException($"--markdown is for keys, not for {kind}; leave it out.");
        if (kind == "keys")
            return parsed.GetValue(Markdown) ? KeyList.ShowMarkdown() : KeyList.Show(ui);
        if (kind == "models")
            return ModelList.Models(ui);
        if (kind == "weights")
            return ModelList.Weights(ui, parsed.GetValue(Of));
        var rows = kind switch
        {
            "optimizers" => Optimizers.Table.Select(o => (o.Name, o.Summary, o.Options.Prepend(Lr(o)).ToArray()))
                .Append(("(all)", "options of every optimizer", Optimizers.Common.ToArray())),
            "schedules" => ScheduleTable.Table.Select(s => (s.Name, s.Summary, s.Options.ToArray()))
                .Append(("(all)", "options of every schedule", ScheduleTable.Common.ToArray())),
            "losses" => LossTable.Table.Select(l => (l.Name, l.Summary, l.Options.ToArray()))
                .Append(("(all)", "options of every loss", LossTable.Common.ToArray())),
            "augmentations" => Augmentations.Presets.Select(p => (p.Name, p.Summary, Array.Empty<OptionInfo>()))
                .Concat(Augmentations.Transforms.Select(t => (t.Name, t.Summary, t.Options.ToArray()))),
            "regularizers" => Regularizers.Table.Select(r => (r.Name, r.Summary, r.Options.ToArray())),
            "methods" => EnsembleSession.Methods.Select(m => (m.Name, m.Summary, Array.Empty<OptionInfo>())),
            "recipes" => NamedRecipes.Table.Select(r => (r.Name, r.Summary, Array.Empty<OptionInfo>())),
            _ => throw new UsageException(Nearest.Unknown("list", kind, Kinds).Message),
        };
        var width = rows.Max(r => r.Item1.Length);
        foreach (var (name, summary, options) in rows)
        {
            ui.ResultJson(new JsonObject
            {
                ["name"] = name,
                ["summary"] = summary,
                ["options"] = new JsonArray([.. options.Select(
                    o => (JsonNode?)new JsonObject { ["name"] = o.Name, ["default"] = o.Default, ["meaning"] = o.Meaning })]),
            });
            ui.Result($"{name.PadRight(width)}  {summary}");
            foreach (var option in options)
                ui.Result($"{string.Empty.PadRight(width)}    {option.Name} ({option.Default}): {option.Meaning}");
        }

        return Exit.Done;
    }

    private static OptionInfo Lr(OptimizerEntry entry) =>
        Optimizers.Common.Single(o => o.Name == "lr") with
        {
            Default = entry.DefaultLr.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
}
