using System.Diagnostics;
using FineTune.Tests.Data;

namespace FineTune.Tests.Cli;

/// <summary>What is under a user's path and is no regular file is said, and neither waited for nor read without end.</summary>
public sealed class SpecialFileTests : IDisposable
{
    private const string Pipe = "not a regular file (a pipe)";
    private static readonly string[] Attic = ["--model", "cifar_resnet20", "--weights", "attic"];

    private readonly ImageTree _tree = Photos.AntsAndBees();

    public SpecialFileTests() => Skip.If(OperatingSystem.IsWindows(), "mkfifo is of Unix");

    public void Dispose()
    {
        Directory.Exists(_tree.PathOf("run")).ShouldBeFalse("a failure must leave no run folder");
        _tree.Dispose();
    }

    [SkippableFact]
    public void A_pipe_named_as_an_image_is_an_unreadable_image()
    {
        var pipe = Fifo("data/ant/x.jpg");

        var inspected = Finetune.RunWithin(60, "inspect", _tree.PathOf("data"));
        inspected.Code.ShouldBe(1);
        inspected.Out.ShouldContain($"UNREADABLE: ant/x.jpg: it is {Pipe}");
        Finetune.RunWithin(60, _tree.Training()).ShouldFail("ant/x.jpg", Pipe);
        Finetune.RunWithin(60, "probe", "--data", _tree.PathOf("data"), "--weights", "attic").ShouldFail("ant/x.jpg", Pipe);
        Finetune.RunWithin(60, ["predict", .. Attic, pipe]).ShouldFail("ant/x.jpg", Pipe);
        Finetune.RunWithin(60, ["predict", .. Attic, _tree.PathOf("data")]).ShouldFailInTheEnd("ant/x.jpg", Pipe);
    }

    [SkippableFact]
    public void A_pipe_without_an_images_name_is_left_out()
    {
        Fifo("data/ant/pipe");

        Finetune.RunWithin(60, "inspect", _tree.PathOf("data")).ShouldSucceed().Out.ShouldContain($"left out: ant/pipe: it is {Pipe}");
        Finetune.RunWithin(60, ["predict", .. Attic, _tree.PathOf("data")]).ShouldSucceed().Error.ShouldContain($"pipe: it is {Pipe}");
    }

    [SkippableFact]
    public void A_link_to_a_device_without_an_end_is_not_read()
    {
        Skip.IfNot(File.Exists("/dev/zero"), "this system has no /dev/zero");
        File.CreateSymbolicLink(_tree.PathOf("data/ant/x.jpg"), "/dev/zero");

        Finetune.RunWithin(60, _tree.Training()).ShouldFail("ant/x.jpg", "not a regular file (a device)");
        Finetune.RunWithin(60, ["predict", .. Attic, _tree.PathOf("data/ant/x.jpg")]).ShouldFail("not a regular file (a device)");
    }

    [SkippableFact]
    public void A_pipe_is_no_weights_no_recipe_and_no_card()
    {
        var pipe = Fifo("pipe.yaml");

        Finetune.RunWithin(60, _tree.Training("--weights", pipe)).ShouldFail(pipe, Pipe);
        Finetune.RunWithin(60, "inspect", pipe).ShouldFail(pipe, Pipe);
        Finetune.RunWithin(60, "train", pipe, "--out", _tree.PathOf("run")).ShouldFail(pipe, Pipe);
        Finetune.RunProgram("timeout", ["60", .. Finetune.Program, "list", "weights"], ("FINETUNE_MODELS", _tree.Root))
            .ShouldFail(pipe, Pipe);
    }

    [SkippableFact]
    public void A_pipe_in_a_runs_folder_is_not_waited_for()
    {
        Directory.CreateDirectory(_tree.PathOf("other"));
        var pipe = Fifo("other/lock");
        string[] training =
        [
            "train", "--data", _tree.PathOf("data"), "--model", "cifar_resnet20", "--out", _tree.PathOf("other"), "--set", "epochs=1",
        ];

        Finetune.RunWithin(60, training).ShouldFailInTheEnd(pipe, Pipe);
        File.Delete(pipe);
        Finetune.RunWithin(100, training).ShouldSucceed();
        foreach (var name in new[] { "metrics.jsonl", "manifest.json", "images.json", "recipe.yaml" })
        {
            File.Move(_tree.PathOf($"other/{name}"), _tree.PathOf("kept"));
            Fifo($"other/{name}");
            Finetune.RunWithin(60, "train", "--out", _tree.PathOf("other"), "--resume").ShouldFailInTheEnd(name, Pipe);
            File.Move(_tree.PathOf("kept"), _tree.PathOf($"other/{name}"), overwrite: true);
        }
    }

    [SkippableFact]
    public void Too_few_open_files_are_one_sentence()
    {
        foreach (var limit in new[] { 40, 64, 100 })
        {
            Finetune.RunProgram(
                "bash", ["-c", $"ulimit -n {limit}; exec \"$@\"", "bash", .. Finetune.Program, "inspect", _tree.PathOf("data")])
                .ShouldFail("ulimit -n 1024");
        }
    }

    private string Fifo(string relative)
    {
        using var mkfifo = Process.Start("mkfifo", [_tree.PathOf(relative)]);
        mkfifo.WaitForExit();
        return _tree.PathOf(relative);
    }
}
