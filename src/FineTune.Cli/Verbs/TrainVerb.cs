using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Data;
using FineTune.Experiment;
using FineTune.Train;

namespace FineTune.Cli.Verbs;

/// <summary>finetune train.</summary>
internal static class TrainVerb
{
    private static readonly Argument<string?> RecipePath = new("recipe") { Description = "A recipe file (YAML)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Data = new("--data") { Description = "A folder of class folders, with train/ and val/ above them or without" };
    private static readonly Option<string?> Model = new("--model") { Description = "A name of `finetune list models`" };
    private static readonly Option<string?> Weights = new("--weights") { Description = "A weights file (.pth, .safetensors), or a name of `finetune list weights`; none: from scratch" };
    private static readonly Option<string?> Out = new("--out") { Description = "The run's folder: new or empty", Required = true };
    private static readonly Option<string[]> Settings = new("--set") { Description = "Any key of a recipe, as in --set epochs=10 --set optimizer.lr=0.01", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
    private static readonly Option<string?> BadFile = Options.OnBadFile();
    private static readonly Option<bool> Resume = new("--resume") { Description = "Go on with the run in --out, by its own recipe" };

    public static Command Command() => CommonOptions.Verb(
        "train",
        "Fine-tunes a network on a folder of images.",
        ["finetune train --data photos --model resnet18 --weights resnet18.pth --out runs/a --set trainable=head --set epochs=10"],
        [RecipePath, Data, Model, Weights, Out, Settings, BadFile, Resume],
        Run);

    private static int Run(ParseResult parsed, Ui ui)
    {
        var folder = new RunFolder(parsed.GetValue(Out)!);
        var resume = parsed.GetValue(Resume);
        if (!resume)
            folder.CheckFree();
        var recipe = resume ? RecipeFile.Read(folder.Existing().Recipe) : RecipeFile.Read(parsed.GetValue(RecipePath), Overrides(parsed));
        using var stop = new StopSignal();
        using var experiment = Prepare(recipe, folder, ui, stop.Token);
        var display = new TrainDisplay(ui, experiment);
        display.Introduce();
        var result = TrainingRun.Start(experiment, resume, TimeProvider.System, display.Listen, run => display.Watch(run), stop.Token);
        if (!result.Finished)
        {
            ui.Say($"Stopped after step {result.Step}; go on with: finetune train --out {folder.Path} --resume");
            return Exit.Stopped;
        }

        display.Conclude(result);
        ui.ResultJson(new JsonObject
        {
            ["run"] = folder.Path,
            ["epochs"] = recipe.Epochs,
            ["steps"] = result.Step,
            ["last"] = result.Last is { } last ? Format.Json(last) : null,
            ["top1"] = result.Last?.Top1,
            ["best_top1"] = result.BestTop1,
            ["best_epoch"] = result.BestEpoch + 1,
            ["snapshots"] = folder.Snapshots.Count,
            ["seconds"] = result.Seconds,
            ["final_weights_sha256"] = result.FinalWeights,
        });
        return Exit.Done;
    }

    private static Experiment.Experiment Prepare(Recipe recipe, RunFolder folder, Ui ui, CancellationToken stop)
    {
        var total = 0L;
        return ui.Bar("reading images", 1_000_000, report =>
            Experiment.Experiment.Prepare(recipe, folder, new Relay<InspectProgress>(p => report((total = Math.Max(total, p.Done)) * 1_000_000 / Math.Max(1, p.Total))), stop));
    }

    private static IEnumerable<string> Overrides(ParseResult parsed)
    {
        foreach (var (key, option) in new[] { ("data", Data), ("model", Model), ("weights", Weights), ("on_bad_file", BadFile) })
        {
            if (parsed.GetValue(option) is { } value)
                yield return $"{key}='{value.Replace("'", "''", StringComparison.Ordinal)}'";
        }

        foreach (var setting in parsed.GetValue(Settings) ?? [])
            yield return setting;
    }
}
