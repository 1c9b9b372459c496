using System.Text.Json.Nodes;
using FineTune.Experiment;
using FineTune.Experiment.Sweeps;
using FineTune.Tests.Train;

namespace FineTune.Tests.Cli;

/// <summary>Sweeps as their users run them; the long forms are scripts/sweep-kill-loop.sh and scripts/sweep-slurm.sh.</summary>
public sealed class SweepTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void A_sweep_killed_again_and_again_has_the_table_of_one_that_was_not()
    {
        var file = Sweep("over:\n  optimizer.lr: [0.002, 0.05]\n  trainable: [head, all]\n");
        var whole = Finetune.Run("sweep", file, "--out", In("whole"), "--json");
        whole.Code.ShouldBe(0, whole.Error);
        var random = new RandomKey(7, 0, 0, RandomUse.Diagnose).Stream();
        for (var k = 0; k < 3; k++)
        {
            using var process = Finetune.Start("sweep", file, "--out", In("killed"), "--cores", "2");
            if (k > 0) // the first comes in the midst of planning, the others when something is trained
                SpinWait.SpinUntil(() => process.HasExited || Directory.Exists(new SweepFolder(In("killed")).Run(k).Path));
            process.WaitForExit((int)random.NextDouble(500, 2000));
            process.Kill(); // its children see the end of their input
            process.WaitForExit();
        }

        var last = Finetune.Run("sweep", file, "--out", In("killed"), "--json");
        last.Code.ShouldBe(0, last.Error);
        File.ReadAllText(new SweepFolder(In("killed")).Results).ShouldBe(File.ReadAllText(new SweepFolder(In("whole")).Results));
        var json = JsonNode.Parse(whole.Out)!;
        ((bool)json["done"]!, json["configurations"]!.AsArray().Count).ShouldBe((true, 4));
        Directory.GetFiles(In("killed"), "*.tmp", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public void Two_sweeps_of_one_file_in_one_folder_at_once_share_the_work()
    {
        var file = Sweep("seeds: 4\n");
        using var first = Finetune.Start("sweep", file, "--out", In("both"), "--cores", "1");
        using var second = Finetune.Start("sweep", file, "--out", In("both"), "--cores", "1");
        var (a, b) = (Finetune.End(first), Finetune.End(second));
        (a.Code, b.Code).ShouldBe((0, 0), a.Error + b.Error);
        Finetune.Run("sweep", file, "--out", In("alone")).Code.ShouldBe(0);
        File.ReadAllText(new SweepFolder(In("both")).Results).ShouldBe(File.ReadAllText(new SweepFolder(In("alone")).Results));
        foreach (var task in Enumerable.Range(1, 4))
            MetricsFile.Lines(new SweepFolder(In("both")).Run(task)).Count.ShouldBe(3);
    }

    [Fact]
    public void A_task_is_one_command_and_says_how_it_ended()
    {
        var file = Sweep("over: { optimizer.lr: [1e30, 0.05] }\n");
        var planned = Finetune.Run("sweep", file, "--out", In("tasks"), "--gather");
        planned.Code.ShouldBe(0, planned.Error);
        planned.Out.ShouldContain("open");

        Finetune.Run("sweep-task", In("tasks"), "2").ShouldSatisfyAllConditions(
            o => o.Code.ShouldBe(0, o.Error), o => o.Out.ShouldContain("task 2: done"));
        Finetune.Run("sweep-task", In("tasks"), "1").ShouldSatisfyAllConditions(
            o => o.Code.ShouldBe(1), o => o.Out.ShouldContain("failed"));
        Finetune.Run("sweep-task", In("tasks"), "9").Error.ShouldContain("The sweep has no task 9; it has 1 to 2.");
        Finetune.Run("sweep-task", In("none"), "1").Error.ShouldContain("is no sweep");
        using (File.Open(Path.Combine(In("tasks"), "locks", "0002"), FileMode.Open, FileAccess.Write, FileShare.None))
            Finetune.Run("sweep-task", In("tasks"), "2").Code.ShouldBe(75);
        // The standard input of a test's process has ended.
        Finetune.Run("sweep", "--out", In("tasks"), "--retry", "--gather").Out.ShouldContain("open");
        Finetune.Run("sweep-task", In("tasks"), "1", "--while-input").Code.ShouldBe(130);
    }

    /// <summary>
    /// Stand-ins for Slurm's commands, which lose the second job of the first array; scripts/sweep-slurm.sh has the real ones.
    /// </summary>
    [Fact]
    public void Jobs_that_end_before_their_run_does_are_given_to_Slurm_again()
    {
        var bin = Directory.CreateDirectory(In("bin")).FullName;
        void Command(string name, string text)
        {
            File.WriteAllText(Path.Combine(bin, name), "#!/bin/sh\n" + text);
            Finetune.RunProgram("chmod", ["755", Path.Combine(bin, name)]).ShouldSucceed();
        }

        Command("sbatch", $$"""
            echo "$@" >>{{In("submitted")}}
            count=$(wc -l <{{In("submitted")}})
            for word in "$@"; do case $word in --array=1-*) jobs=${word#--array=1-} ;; esac; script=$word; done
            for job in $(seq "$jobs"); do
              [ "$count" -eq 1 ] && [ "$job" -eq 2 ] || SLURM_ARRAY_TASK_ID=$job sh "$script" >/dev/null 2>&1 || true
            done
            echo "$((40 + count))"
            """);
        Command("srun", "shift\nexec \"$@\"\n");
        Command("squeue", "exit 0\n");
        var file = Sweep("seeds: 3\n");
        var said = Finetune.RunProgram(
            "dotnet",
            [.. Finetune.Program.Skip(1), "sweep", file, "--out", In("cluster"), "--on", "slurm", "--sbatch=--partition=short"],
            ("PATH", $"{bin}:{Environment.GetEnvironmentVariable("PATH")}"));

        said.Code.ShouldBe(0, said.Error);
        said.Error.ShouldContain("3 runs are in Slurm's queue as job 41");
        said.Error.ShouldContain("1 of the runs have not come to their end and are given to Slurm again.");
        var submitted = File.ReadAllLines(In("submitted"));
        submitted.Length.ShouldBe(2);
        foreach (var option in new[] { "--array=1-3", "--cpus-per-task=1", "--requeue", "--signal=TERM@60", "--partition=short" })
            submitted[0].ShouldContain(option);
        submitted[1].ShouldContain("--array=1-1");
        Finetune.Run("sweep", file, "--out", In("local")).Code.ShouldBe(0);
        File.ReadAllText(new SweepFolder(In("cluster")).Results).ShouldBe(File.ReadAllText(new SweepFolder(In("local")).Results));
    }

    [Fact]
    public void Without_Slurm_one_sentence_says_so() => Finetune.RunProgram(
        "dotnet", [.. Finetune.Program.Skip(1), "sweep", Sweep("seeds: 1\n"), "--out", In("none"), "--on", "slurm"],
        ("PATH", Path.GetDirectoryName(Environment.ProcessPath)!)).Error
            .ShouldContain("Slurm's sbatch is not on this machine; --on local trains");

    /// <summary>.NET without locks stands in for a file system without them.</summary>
    [Fact]
    public void A_folder_without_file_locks_is_refused()
    {
        var said = Finetune.RunProgram(
            "dotnet", [.. Finetune.Program.Skip(1), "sweep", Sweep("seeds: 1\n"), "--out", In("unlocked"), "--gather"],
            ("DOTNET_SYSTEM_IO_DISABLEFILELOCKING", "1"));
        said.Code.ShouldBe(1);
        said.Error.ShouldContain("a file system without file locks, which keep two processes from training the same run");
        Directory.GetFiles(Path.Combine(In("unlocked"), "locks")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--out {0}/none", 1, "is no sweep")]
    [InlineData("{0}/sweep.yaml --out {0}/s --on moon --gather", 0, "")]
    [InlineData("{0}/sweep.yaml --out {0}/t --on moon", 1, "Unknown value of --on: 'moon'")]
    [InlineData("{0}/sweep.yaml --out {0}/u --cores 0", 2, "--cores is 0; at least 1 is needed.")]
    [InlineData("--out {0}/v --set epochs=1", 2, "leave out --set")]
    [InlineData("{0}/sweep.yaml --out {0}/data/x", 1, "lies in the data folder")]
    [InlineData("{0}/sweep.yaml --out {0}/y --data nowhere", 1, "does not exist")]
    [InlineData("{0}/sweep.yaml --out {0}/z --set seed=3", 1, "seed cannot vary")]
    public void What_cannot_be_is_one_sentence(string arguments, int code, string message)
    {
        Sweep("seeds: 1\n");
        var said = Finetune.Run(["sweep", .. arguments.Replace("{0}", _tiny.Root, StringComparison.Ordinal).Split(' ')]);
        said.Code.ShouldBe(code, said.Error);
        said.Error.ShouldContain(message);
    }

    private string In(string name) => Path.Combine(_tiny.Root, name);

    private string Sweep(string yaml)
    {
        File.WriteAllText(In("base.yaml"), RecipeFile.Write(_tiny.Recipe with { Snapshots = 0 }));
        File.WriteAllText(In("sweep.yaml"), "recipe: base.yaml\n" + yaml);
        return In("sweep.yaml");
    }
}
