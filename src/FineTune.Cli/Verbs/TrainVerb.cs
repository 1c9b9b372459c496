using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Experiment;
using FineTune.Train;

namespace FineTune.Cli.Verbs;

/// <summary>finetune train.</summary>
internal static class TrainVerb
{
    private static readonly Option<string?> Out = new("--out") { Description = "Folder of the run, new or empty; its tensorboard/ gets event files", Required = true };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Resume the run in --out; --set epochs=N makes it longer, --data gives a new place of its images" };

    public static Command Command() => CommonOptions.Verb(
        "train",
        "Fine-tunes a model on a folder of images.",
        [
            "finetune train --data photos --model resnet18 --weights resnet18.pth --out runs/auto --minutes 5",
            "finetune train --data photos --model resnet18 --weights resnet18.pth --out runs/a --set trainable=head --set epochs=10",
            "finetune train --data photos --model resnet18 --weights resnet18.pth --out runs/b --set loss=focal --set sampling=balanced",
        ],
        [.. RecipeInput.Symbols, Out, Resume],
        Run);

    private static int Run(ParseResult parsed, Ui ui)
    {
        if (string.IsNullOrWhiteSpace(parsed.GetValue(Out)))
            throw new UsageException("--out is empty; give a folder that is new or empty.");
        var folder = new RunFolder(parsed.GetValue(Out)!);
        using var stop = new StopSignal();
        using var experiment = parsed.GetValue(Resume) ? RecipeInput.Resume(parsed, folder, ui, stop.Token) : Begin(parsed, folder, ui, stop.Token);
        var display = new TrainDisplay(ui, experiment);
        display.Introduce();
        if (experiment is { Plan: null, Resumes: false } && RecipeInput.NamesNone(parsed))
            ui.Say("recipe     the defaults, not auto, as how to train is set; --set recipe=auto decides the rest (docs/auto.md)");
        var result = TrainingRun.Start(experiment, TimeProvider.System, display.Listen, run => display.Watch(run), stop.Token);
        if (!result.Finished)
        {
            ui.Say($"Stopped after step {result.Step}; resume with: {Shell.Line("train", "--out", folder.Path, "--resume")}");
            return Exit.Stopped;
        }

        display.Conclude(result);
        ui.ResultJson(new JsonObject
        {
            ["run"] = folder.Path,
            ["epochs"] = result.Step / experiment.Parts.Training.BatchesPerEpoch,
            ["steps"] = result.Step,
            ["top1"] = result.Result?.Top1,
            ["weights"] = experiment.Parts.Recipe.ResultWeights,
            ["result"] = result.Result is { } chosen ? Format.Json(chosen) : null,
            ["last"] = result.Last is { } last ? Format.Json(last) : null,
            ["best_top1"] = result.BestTop1,
            ["best_epoch"] = result.BestEpoch + 1,
            ["snapshots"] = folder.Snapshots.Count,
            ["plan"] = experiment.Plan?.Json,
            ["advice"] = Format.Json(result.Advice),
            ["notes"] = Format.Json(experiment.Notes),
            ["seconds"] = result.Seconds,
            ["final_weights_sha256"] = result.FinalWeights,
        });
        return Exit.Done;
    }

    private static Experiment.Experiment Begin(ParseResult parsed, RunFolder folder, Ui ui, CancellationToken stop)
    {
        folder.CheckFree();
        var recipe = RecipeInput.Read(parsed);
        folder.CheckOutside(recipe.Data);
        return RecipeInput.Prepare(recipe, folder, ui, stop, d => ui.Say($"{d.What,-13} {d.Value}: {d.Reason}"));
    }
}
