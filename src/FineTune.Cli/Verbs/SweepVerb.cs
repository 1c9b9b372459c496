using System.CommandLine;
using FineTune.Cli.Show;
using FineTune.Experiment.Sweeps;
using FineTune.Experiment.Sweeps.Engines;

namespace FineTune.Cli.Verbs;

/// <summary>finetune sweep.</summary>
internal static class SweepVerb
{
    private const string Local = "local", OnSlurm = "slurm";

    private static readonly Argument<string?> Sweep = new("sweep")
    {
        Description = "A sweep file (YAML); without it, the sweep in --out goes on",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Option<string?> Out = new("--out") { Description = "Folder of the sweep", Required = true };
    private static readonly Option<string?> Data = new("--data") { Description = "The folder of images, in place of the recipe's" };
    private static readonly Option<string?> Weights = new("--weights") { Description = "The starting weights, in place of the recipe's" };
    private static readonly Option<string[]> Settings = new("--set")
    {
        Description = "Keys of the recipe that all runs begin from, as in --set epochs=5",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };
    private static readonly Option<int> Cores = new("--cores")
    {
        Description = "Cores to use: as many runs at once as fit (default: all of this machine)",
        DefaultValueFactory = _ => Environment.ProcessorCount,
        HelpName = "N",
    };
    private static readonly Option<string> On = new("--on")
    {
        Description = "Where runs are trained: in processes of this machine, or as a job array of Slurm (the folder is to be shared)",
        DefaultValueFactory = _ => Local,
        HelpName = $"{Local}|{OnSlurm}",
    };
    private static readonly Option<string[]> SlurmOptions = new("--sbatch")
    {
        Description = "An option for sbatch, as in --sbatch=--partition=short",
        DefaultValueFactory = _ => [],
    };
    private static readonly Option<bool> Gather = new("--gather") { Description = "Train nothing; write the table of what is there" };
    private static readonly Option<bool> Retry = new("--retry") { Description = "Try runs that failed again" };

    public static Command Command() => CommonOptions.Verb(
        "sweep",
        "Trains a recipe with many settings, seeds or folds, and compares them. A killed sweep goes on with the same command.",
        [
            "finetune sweep lr.yaml --out sweeps/lr",
            "finetune sweep --out sweeps/lr --gather",
            "finetune sweep lr.yaml --out /shared/sweeps/lr --on slurm --sbatch=--partition=short",
        ],
        [Sweep, Out, Data, Weights, Settings, Cores, On, SlurmOptions, Gather, Retry],
        Run);

    private static int Run(ParseResult parsed, Ui ui)
    {
        var folder = new SweepFolder(parsed.GetValue(Out)!);
        Plan(parsed, folder, ui);
        if (parsed.GetValue(Retry))
            SweepRun.Retry(folder);
        var plan = SweepPlan.Read(folder);
        using var stop = new StopSignal("Stopping: runs write a checkpoint; press again to stop at once.");
        try
        {
            var results = SweepRun.Start(folder, Engine(parsed, plan, ui), step => Tell(ui, plan, step), stop.Token);
            LeaderTable.Show(ui, folder, results);
            return results.Rows.Any(r => r.Status == ConfigurationStatus.Finished) || parsed.GetValue(Gather) ? Exit.Done : Exit.Failed;
        }
        catch (OperationCanceledException)
        {
            string[] where = parsed.GetValue(On) == Local
                ? []
                : ["--on", parsed.GetValue(On)!, .. parsed.GetValue(SlurmOptions)!.Select(o => $"--sbatch={o}")];
            ui.Say($"Stopped; go on with: {Shell.Line(["sweep", "--out", folder.Path, .. where])}");
            return Exit.Stopped;
        }
    }

    private static void Plan(ParseResult parsed, SweepFolder folder, Ui ui)
    {
        if (parsed.GetValue(Sweep) is not { } file)
        {
            if (CommonOptions.Given(parsed, [Data, Weights, Settings]) is { } given)
                throw new UsageException($"A sweep that goes on has its own recipe; leave out {given}.");
            return;
        }

        string[] settings =
        [
            .. parsed.GetValue(Settings)!,
            .. parsed.GetValue(Data) is { } data ? [RecipeInput.Setting("data", Path.GetFullPath(data))] : Array.Empty<string>(),
            .. parsed.GetValue(Weights) is { } weights
                ? [RecipeInput.Setting("weights", Path.Exists(weights) ? Path.GetFullPath(weights) : weights)]
                : Array.Empty<string>(),
        ];
        var spec = SweepFile.Read(file, settings);
        var plan = SweepPlan.Of(spec);
        plan.Keep(folder, spec);
        ui.Notes(plan.Notes);
        ui.Say($"{Format.Plural(plan.Configurations.Count, "configuration")}, {Format.Plural(plan.Tasks.Count, "run")}, "
            + $"{Format.Plural(plan.Threads, "thread")} each");
    }

    private static ISweepEngine? Engine(ParseResult parsed, SweepPlan plan, Ui ui)
    {
        if (parsed.GetValue(Gather))
            return null;
        var cores = parsed.GetValue(Cores);
        if (cores < 1)
            throw new UsageException($"--cores is {cores}; at least 1 is needed.");
        return parsed.GetValue(On) switch
        {
            Local => new LocalProcesses(Shell.ThisCommand, Math.Max(1, cores / plan.Threads), plan.Threads),
            OnSlurm => new SlurmArray(Shell.ThisCommand, plan.Threads, parsed.GetValue(SlurmOptions)!, ui.Say),
            var other => throw Nearest.Unknown("value of --on:", other!, [Local, OnSlurm]),
        };
    }

    private static void Tell(Ui ui, SweepPlan plan, SweepStep step)
    {
        var words = plan.Configurations[step.Task.Configuration - 1].Append(step.Task.Replicate);
        var settings = string.Join(' ', words.Where(s => s.Length > 0));
        var what = step.Failure is { } failure ? $"failed: {failure}"
            : step.Top1 is { } top1 ? $"{Format.Plural(step.Epochs, "epoch")}, top-1 {Format.Percent(top1)}"
            : $"{Format.Plural(step.Epochs, "epoch")}";
        ui.Say($"[{step.Done}/{step.Of}] run {step.Task.Number} ({settings}): {what}");
    }
}
