using System.Diagnostics;
using System.Text.Json.Nodes;
using FineTune.Tests.Train;
using FineTune.Train;

namespace FineTune.Tests.Cli;

/// <summary>The short form of scripts/kill-loop.sh: a run may be killed at any moment and loses no bit.</summary>
public sealed class KillTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    private string[] New =>
    [
        "--data", _tiny.Data, "--model", "cifar_resnet20", "--set", "input.size=16", "input.resize=18", "augment=lecture",
        "head.dropout=0.2", "epochs=12", "batch=8", "snapshots=3", "threads=1", "optimizer.lr=0.05",
    ];

    [Fact]
    public void A_run_killed_again_and_again_always_has_a_checkpoint_and_ends_in_the_same_bits()
    {
        var (whole, folder) = (_tiny.Folder("whole"), _tiny.Folder("killed"));
        var watch = Stopwatch.StartNew();
        Train(New, whole).Code.ShouldBe(0);
        var random = new RandomKey(3, 0, 0, RandomUse.Diagnose).Stream();
        for (var k = 0; k < 6; k++)
        {
            // From the start of the process to a third of the run's time past its first checkpoint.
            using var process = Finetune.Start(Arguments(folder));
            process.WaitForExit((int)random.NextDouble(200, 700 + (watch.ElapsedMilliseconds / (3.0 * (k + 1)))));
            process.Kill();
            process.WaitForExit();
            if (Directory.Exists(folder.Path) && Directory.EnumerateFiles(folder.Path, "*.safetensors", SearchOption.AllDirectories).Any())
                new[] { folder.Last, folder.Previous }.Any(f => Finetune.Run("inspect", f).Code == 0).ShouldBeTrue($"after kill {k + 1}");
        }

        Finetune.Run(Arguments(folder)).Code.ShouldBe(0);
        Hash(folder).ShouldBe(Hash(whole));
        File.ReadLines(folder.Metrics).Count().ShouldBe(12);
        Directory.EnumerateFiles(folder.Path, "*.tmp", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void A_signal_ends_in_order_with_130_and_a_checkpoint_to_go_on_from(string signal)
    {
        var folder = _tiny.Folder("stopped");
        using var process = Finetune.Start(["train", .. New, "--out", folder.Path, "--set", "epochs=1000000"]);
        while (!process.HasExited && !(File.Exists(folder.Metrics) && File.ReadLines(folder.Metrics).Any()))
            Thread.Sleep(20);
        Finetune.Signal(process, signal);
        var (code, output, error) = Finetune.End(process);
        code.ShouldBe(130, error);
        (output + error).ShouldContain($"resume with: finetune train --out {folder.Path} --resume");
        error.ShouldContain("Stopping after this step");
        Finetune.Run("inspect", folder.Last).Code.ShouldBe(0);
    }

    [Fact]
    public void A_second_Ctrl_C_leaves_at_once()
    {
        var folder = _tiny.Folder("hurried");
        using var process = Finetune.Start(Slow(folder));
        LeavesAtTheSecond(process, folder, "INT");
        Finetune.Run("inspect", folder.Last).Code.ShouldBe(0);
    }

    [Fact]
    public void A_second_interrupt_leaves_at_once_also_where_it_was_ignored_at_the_start()
    {
        var folder = _tiny.Folder("background");
        using var process = Finetune.StartProgram(
            "bash", ["-c", "trap '' TERM; exec \"$@\"", "bash", .. Finetune.Program, .. Slow(folder)]);
        LeavesAtTheSecond(process, folder, "TERM");
    }

    /// <summary>A training whose steps take seconds.</summary>
    private string[] Slow(RunFolder folder) =>
        ["train", .. New, "--out", folder.Path, "--set", "epochs=1000000", "batch=36", "input.size=256", "input.resize=256"];

    private static void LeavesAtTheSecond(Process process, RunFolder folder, string signal)
    {
        while (!process.HasExited && !File.Exists(folder.Last))
            Thread.Sleep(20);
        Finetune.Signal(process, signal);
        Thread.Sleep(300);
        var watch = Stopwatch.StartNew();
        Finetune.Signal(process, signal);
        Finetune.End(process).Code.ShouldBe(130);
        watch.Elapsed.TotalSeconds.ShouldBeLessThan(3);
    }

    [Fact]
    public void An_output_folder_that_holds_another_run_is_one_sentence_and_1()
    {
        var folder = _tiny.Folder("taken");
        folder.Create();
        File.WriteAllText(folder.Recipe, "data: x");
        var (code, output, error) = Train(New, folder);
        (code, output).ShouldBe((1, string.Empty));
        error.Trim().ShouldEndWith($"'{folder.Path}' holds a run already; give another --out, or --resume to go on with it.");
        File.ReadAllText(folder.Recipe).ShouldBe("data: x");
    }

    public void Dispose() => _tiny.Dispose();

    private static Outcome Train(string[] recipe, RunFolder folder) => Finetune.Run(["train", .. recipe, "--out", folder.Path]);

    private string[] Arguments(RunFolder folder) =>
        File.Exists(folder.Recipe) ? ["train", "--out", folder.Path, "--resume"] : ["train", .. New, "--out", folder.Path];

    private static string Hash(RunFolder folder) =>
        JsonNode.Parse(File.ReadAllText(folder.Manifest))!["final_weights_sha256"]!.GetValue<string>();
}
