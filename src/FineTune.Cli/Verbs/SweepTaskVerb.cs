using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Cli.Show;
using FineTune.Experiment.Sweeps;

namespace FineTune.Cli.Verbs;

/// <summary>finetune sweep-task.</summary>
internal static class SweepTaskVerb
{
    private static readonly Argument<string> Folder = new("sweep") { Description = "Folder of the sweep" };
    private static readonly Argument<int> Number = new("task") { Description = "Number of the run, from 1" };
    private static readonly Option<bool> WhileInput = new("--while-input")
    {
        Description = "Write a checkpoint and stop when the standard input ends, as when the process that started this one does",
    };

    public static Command Command() => CommonOptions.Verb(
        "sweep-task",
        "Trains one run of a sweep, from its start or from its checkpoint, as far as it is to go: what a cluster's scheduler starts. "
        + $"Exit code {Exit.Done}: done, or not needed; {Exit.Failed}: it failed; {Exit.Held}: another process is at it; "
        + $"{Exit.Stopped}: stopped.",
        ["finetune sweep-task sweeps/lr 7"],
        [Folder, Number, WhileInput],
        Run);

    private static int Run(ParseResult parsed, Ui ui)
    {
        var (folder, number) = (new SweepFolder(parsed.GetValue(Folder)!), parsed.GetValue(Number));
        using var stop = new StopSignal();
        using var source = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        if (parsed.GetValue(WhileInput))
            Watch(source);
        TrainDisplay? display = null;
        var outcome = TaskRun.Start(
            folder,
            number,
            e => display?.Listen(e),
            experiment =>
            {
                display = new TrainDisplay(ui, experiment);
                display.Introduce();
            },
            source.Token);
        ui.ResultJson(new JsonObject
        {
            ["task"] = number,
            ["run"] = folder.Run(number).Path,
            ["outcome"] = outcome.ToString().ToLowerInvariant(),
        });
        ui.Result($"task {number}: {outcome.ToString().ToLowerInvariant()}");
        return outcome switch
        {
            TaskOutcome.Done => Exit.Done,
            TaskOutcome.Stopped => Exit.Stopped,
            TaskOutcome.Held => Exit.Held,
            _ => Exit.Failed,
        };
    }

    /// <summary>Stops when the standard input ends.</summary>
    private static void Watch(CancellationTokenSource source) => new Thread(() =>
    {
        try
        {
            while (Console.In.Read() >= 0)
            {
            }

            source.Cancel();
        }
        catch (Exception e) when (e is ObjectDisposedException or IOException)
        {
            // The run has come to its end.
        }
    })
    { IsBackground = true }.Start();
}
