using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Distributed;
using FineTune.Experiment;
using FineTune.Train;

namespace FineTune.Cli.Verbs;

/// <summary>finetune train.</summary>
internal static class TrainVerb
{
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Folder of the run, new or empty; its tensorboard/ gets event files",
        Required = true,
    };
    private static readonly Option<bool> Resume = new("--resume")
    {
        Description = "Resume the run in --out; --set epochs=N makes it longer, --data gives a new place of its images",
    };

    public static Command Command() => CommonOptions.Verb(
        "train",
        "Fine-tunes a model on a folder of images.",
        [
            "finetune train --data photos --model resnet18 --weights resnet18.pth --out runs/auto --minutes 5",
            "finetune train --data photos --model resnet18 --weights resnet18.pth --out runs/a --set trainable=head --set epochs=10",
            "finetune train --data photos --model resnet18 --weights resnet18.pth --out runs/b --set loss=focal --set sampling=balanced",
        ],
        [.. RecipeInput.Symbols, Out, Resume, RankInput.Distributed],
        Run);

    private static int Run(ParseResult parsed, Ui ui)
    {
        var folder = new RunFolder(parsed.GetValue(Out)!);
        using var stop = new StopSignal();
        return RankInput.Joined(parsed, ui, (ranks, mine) =>
        {
            using var experiment = parsed.GetValue(Resume)
                ? RecipeInput.Resume(parsed, folder, mine, stop.Token, ranks)
                : Begin(RecipeInput.Read(parsed), folder, mine, stop.Token, ranks);
            return Train(experiment, RecipeInput.NamesNone(parsed), mine, stop.Token);
        });
    }

    /// <summary>Makes a new run real, under a bar.</summary>
    internal static Experiment.Experiment Begin(
        Recipe recipe, RunFolder folder, Ui ui, CancellationToken stop, ICommunicator? ranks = null)
    {
        if (ranks is null or { Rank: 0 })
            folder.CheckFree();
        folder.CheckOutside(recipe.Data);
        try
        {
            return RecipeInput.Prepare(recipe, folder, ui, stop, d => ui.Say($"{d.What,-13} {d.Value}: {d.Reason}"), ranks);
        }
        catch (OperationCanceledException) when (!File.Exists(folder.Recipe))
        {
            throw new StoppedException("Stopped before the training began: nothing is kept. The same command starts again.");
        }
    }

    /// <summary>Trains to the end of a run, or until it is stopped, and tells of it.</summary>
    /// <param name="experiment">The run.</param>
    /// <param name="unnamed">Whether its recipe is from options alone.</param>
    /// <param name="ui">Where it is told.</param>
    /// <param name="stop">Asks for a checkpoint and an early end.</param>
    internal static int Train(Experiment.Experiment experiment, bool unnamed, Ui ui, CancellationToken stop)
    {
        var folder = experiment.Parts.Folder;
        var display = new TrainDisplay(ui, experiment);
        display.Introduce();
        if (experiment is { Plan: null, Resumes: false } && unnamed)
            ui.Say("recipe     the defaults, not auto, as how to train is set; --set recipe=auto decides the rest (docs/auto.md)");
        var result = TrainingRun.Start(experiment, TimeProvider.System, display.Listen, run => display.Watch(run), stop);
        if (!result.Finished)
        {
            ui.Say($"Stopped after step {result.Step}; resume with: {Shell.Line("train", "--out", folder.Path, "--resume")}");
            return Exit.Stopped;
        }

        if (experiment.Saved?.State.Step == result.Step)
            ui.Say("Nothing was left to train: this run had come to its end before.");
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
}
