using System.Security.Cryptography;
using FineTune.Tests.Data;

namespace FineTune.Tests.Cli;

[Collection(nameof(CliCollection))]
public sealed class OutputFolderTests(TrainedRun run) : IDisposable
{
    private readonly ImageTree _tree = Photos.AntsAndBees();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Folder_that_holds_another_run_is_refused_and_left_as_it_was()
    {
        var before = Hashes(run.Folder);

        Finetune.Run("train", "--data", run.Data, "--model", "cifar_resnet20", "--out", run.Folder)
            .ShouldFail("holds a run already", "--resume");

        before.Count.ShouldBeGreaterThan(5);
        Hashes(run.Folder).ShouldBe(before);
    }

    [Fact]
    public void Folder_that_holds_other_files_is_refused_and_left_as_it_was()
    {
        _tree.Bytes("run/thesis.txt", [1, 2, 3]);

        Finetune.Run(_tree.Training()).ShouldFail("not empty");

        Directory.GetFileSystemEntries(_tree.PathOf("run")).ShouldHaveSingleItem();
        File.ReadAllBytes(_tree.PathOf("run/thesis.txt")).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Path_of_a_file_is_refused_and_the_file_left_as_it_was()
    {
        _tree.Bytes("run", [1, 2, 3]);

        Finetune.Run(_tree.Training()).ShouldFail("is a file");

        File.ReadAllBytes(_tree.PathOf("run")).ShouldBe([1, 2, 3]);
    }

    [SkippableFact]
    public void Folder_that_cannot_be_written_is_refused_before_the_images_are_read()
    {
        Skip.IfNot(Directory.Exists("/proc/self"), "this system has no /proc");

        // nobody, not even root, makes a folder there
        Finetune.Run("train", "--data", run.Data, "--model", "cifar_resnet20", "--out", "/proc/run")
            .ShouldFail("'/proc/run' cannot be used");
    }

    [SkippableFact]
    public void File_system_that_is_read_only_is_refused()
    {
        using var mount = new TemporaryMount(_tree.Folder("disk").PathOf("disk"), "ro");
        Skip.IfNot(mount.IsMounted, "mounting a file system takes root");

        Finetune.Run("train", "--data", run.Data, "--model", "cifar_resnet20", "--out", _tree.PathOf("disk/run")).ShouldFail("Read-only");
    }

    [SkippableFact]
    public void Full_disk_ends_a_run_with_its_last_checkpoint_whole()
    {
        using var mount = new TemporaryMount(_tree.Folder("disk").PathOf("disk"), "size=3m"); // one checkpoint of 2.2 MB, not two
        Skip.IfNot(mount.IsMounted, "mounting a file system takes root");
        var folder = _tree.PathOf("disk/run");

        Finetune.Run("train", "--data", run.Data, "--model", "cifar_resnet20", "--out", folder, "--set", "epochs=1", "batch=4")
            .ShouldFailInTheEnd("no space is left on the disk", "unchanged");

        Directory.GetFiles(folder, "*.tmp", SearchOption.AllDirectories).ShouldBeEmpty();
        Finetune.Run("inspect", Path.Combine(folder, "checkpoints", "last.safetensors")).ShouldSucceed();
    }

    [SkippableFact]
    public void File_size_limit_ends_a_run_in_order()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "ulimit -f is a matter of Linux here");

        Finetune.RunWithFileLimit(500, _tree.Training()).ShouldFailInTheEnd("next.safetensors", "larger than this process may write");

        Directory.GetFiles(_tree.PathOf("run"), "*", SearchOption.AllDirectories).Select(Path.GetExtension).ShouldNotContain(".tmp");
        Directory.GetFiles(_tree.PathOf("run/checkpoints")).ShouldBeEmpty();
    }

    [Fact]
    public void Copies_across_classes_stop_a_run_that_does_not_allow_them()
    {
        File.Copy(_tree.PathOf("data/ant/000.bmp"), _tree.PathOf("data/bee/copy.bmp"));

        Finetune.Run(_tree.Training()).ShouldFail("is in several", "--allow-duplicates");
        Directory.Exists(_tree.PathOf("run")).ShouldBeFalse();
        var json = Finetune.Run([.. _tree.Training("--allow-duplicates", "--json")]).ShouldSucceed().Json.ShouldHaveSingleItem();
        json["notes"]!.AsArray().Select(n => n!.GetValue<string>())
            .ShouldContain(n => n.Contains("accuracy measured on them is misleading"));
    }

    [Fact]
    public void Finished_run_is_resumed_to_the_same_end()
    {
        var again = Finetune.Run("train", "--out", run.Folder, "--resume", "--json").ShouldSucceed().Json.ShouldHaveSingleItem();

        ((string)again["final_weights_sha256"]!).ShouldBe((string)run.Trained.Json[0]["final_weights_sha256"]!);
    }

    private static Dictionary<string, string> Hashes(string folder) => Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(f => f, f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))));
}
