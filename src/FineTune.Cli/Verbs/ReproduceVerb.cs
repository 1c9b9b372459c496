using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Experiment;
using FineTune.Experiment.Reproduce;
using FineTune.Train;

namespace FineTune.Cli.Verbs;

/// <summary>finetune reproduce.</summary>
internal static class ReproduceVerb
{
    private static readonly Argument<string> Of = new("run") { Description = "Folder of a run, or a recipe that says what to expect" };
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "A new folder to keep the repeated run in; without it the run is thrown away",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "The folder of the run's images, if it was moved; with a recipe: its images",
    };

    public static Command Command() => CommonOptions.Verb(
        "reproduce",
        $"Trains a run again and compares: exit code {Exit.Done} where the weights are the same bit by bit, "
        + $"{Exit.WithinRange} where the figures lie in the "
        + $"ranges that its recipe expects, {Exit.Different} where it differs.",
        ["finetune reproduce runs/a", "finetune reproduce mine.yaml --data photos --out runs/again"],
        [Of, Out, Data],
        Run);

    private static int Run(ParseResult parsed, Ui ui)
    {
        var (name, kept) = (parsed.GetValue(Of)!, parsed.GetValue(Out));
        var scratch = kept is null ? Directory.CreateTempSubdirectory("finetune-reproduce-") : null;
        var target = new RunFolder(kept ?? Path.Combine(scratch!.FullName, "run"));
        using var stop = new StopSignal();
        try
        {
            target.CheckFree();
            var result = Directory.Exists(name)
                ? Reproduction.Of(new RunFolder(name), target, parsed.GetValue(Data), experiment => Train(experiment, ui, stop.Token))
                : Reproduction.Of(Recipe(name, parsed.GetValue(Data)), target, experiment => Train(experiment, ui, stop.Token));
            return Tell(result, kept, ui);
        }
        finally
        {
            scratch?.Delete(recursive: true);
        }
    }

    private static Recipe Recipe(string name, string? data) =>
        RecipeFile.Read(name, data is null ? [] : [RecipeInput.Setting("data", data)]);

    private static TrainingResult Train(Experiment.Experiment experiment, Ui ui, CancellationToken stop)
    {
        var display = new TrainDisplay(ui, experiment);
        display.Introduce();
        void Listen(TrainEvent e)
        {
            if (e is not TrainEvent.Advised) // the run is to be as it was
                display.Listen(e);
        }

        var result = TrainingRun.Start(experiment, TimeProvider.System, Listen, run => display.Watch(run), stop);
        return result.Finished ? result : throw new OperationCanceledException();
    }

    private static int Tell(Reproduction result, string? kept, Ui ui)
    {
        ui.Notes(result.Notes);
        var (word, code) = result.Verdict switch
        {
            Verdict.BitEqual => ("bit-equal", Exit.Done),
            Verdict.WithinRange => ("within-range", Exit.WithinRange),
            _ => ("different", Exit.Different),
        };
        ui.ResultJson(new JsonObject
        {
            ["verdict"] = word,
            ["first_step"] = result.FirstStep,
            ["differs"] = Format.Json(result.Differs),
            ["same_weights"] = result.SameWeights,
            ["figures"] = new JsonArray([.. result.Figures.Select(f => (JsonNode?)new JsonObject
            {
                ["metric"] = f.Metric,
                ["value"] = f.Value,
                ["low"] = f.Range.Low,
                ["high"] = f.Range.High,
            })]),
            ["run"] = kept,
        });
        ui.Result($"{word}: {Sentence(result)}");
        foreach (var (metric, value, range) in result.Figures)
        {
            ui.Result($"  {metric} {Format.Number(value, "0.####")}, expected {Format.Number(range.Low, "R")} to "
                + $"{Format.Number(range.High, "R")}");
        }
        return code;
    }

    private static string Sentence(Reproduction result)
    {
        var weights = result.SameWeights switch
        {
            true => "the weights are the same, bit by bit",
            false => $"the weights are others; the first step with another loss is step {result.FirstStep}",
            null when result.Figures.Count > 0 => "the figures were held against what the recipe expects",
            null => "it was not trained again",
        };
        return result.Differs.Count == 0 ? weights + "." : $"{weights}. Not as it was: {string.Join(", ", result.Differs)}.";
    }
}
