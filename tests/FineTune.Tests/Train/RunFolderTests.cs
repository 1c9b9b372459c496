using FineTune.Train;

namespace FineTune.Tests.Train;

public sealed class RunFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("finetune-run-").FullName;

    private RunFolder Run => new(Path.Combine(_root, "run"));

    [Fact]
    public void A_new_or_empty_folder_is_made_ready()
    {
        Run.Create();
        Directory.Exists(Path.GetDirectoryName(Run.Last)).ShouldBeTrue();
        Run.Create(); // killed before its recipe was written: nothing but empty folders
        File.WriteAllText(Run.Recipe + ".4711.tmp", "half");
        Run.Create(); // killed while it was written
    }

    [Fact]
    public void A_folder_that_holds_another_run_is_refused()
    {
        Run.Create();
        File.WriteAllText(Run.Recipe, "data: x");
        Should.Throw<FineTuneException>(Run.Create)
            .Message.ShouldBe($"'{Run.Path}' holds a run already; give another --out, or --resume to go on with it.");
        File.ReadAllText(Run.Recipe).ShouldBe("data: x");
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("deep/er/notes.tmp")]
    [InlineData("checkpoints/last.safetensors")]
    public void A_folder_that_holds_anything_else_is_refused(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Run.Path, file))!);
        File.WriteAllText(Path.Combine(Run.Path, file), "mine");
        Should.Throw<FineTuneException>(Run.Create).Message.ShouldBe($"'{Run.Path}' is not empty; give a folder that is new or empty.");
    }

    [Fact]
    public void A_file_is_refused()
    {
        File.WriteAllText(Run.Path, "mine");
        Should.Throw<FineTuneException>(Run.Create).Message.ShouldBe($"'{Run.Path}' is a file; give a folder that is new or empty.");
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_one_sentence()
    {
        File.WriteAllText(Path.Combine(_root, "file"), string.Empty);
        var inside = new RunFolder(Path.Combine(_root, "file", "run"));
        Should.Throw<FineTuneException>(inside.Create).Message.ShouldStartWith($"The run folder '{inside.Path}' cannot be used: ");
    }

    [Fact]
    public void What_is_no_run_cannot_be_resumed() =>
        Should.Throw<FineTuneException>(new RunFolder(_root).Existing).Message.ShouldBe($"'{_root}' is no run: it has no recipe.yaml.");

    [Fact]
    public void A_run_that_is_not_there_is_answered_with_one_of_nearly_its_name()
    {
        Directory.CreateDirectory(Path.Combine(_root, "five")); // no run yet
        var asked = new RunFolder(Path.Combine(_root, "fiev"));
        Should.Throw<FineTuneException>(asked.Existing).Message.ShouldBe($"'{asked.Path}' is no run: there is no such folder.");

        File.WriteAllText(Path.Combine(_root, "five", "recipe.yaml"), string.Empty);
        Should.Throw<FineTuneException>(asked.Existing).Message
            .ShouldBe($"'{asked.Path}' is no run: there is no such folder; perhaps '{Path.Combine(_root, "five")}' is meant.");
    }

    [Theory]
    [InlineData("""{ "seed": 0, "final_weights_sha256": null }""", true)] // of a run that was killed before it wrote its recipe
    [InlineData("""{ "seed": 0, "final_weights_sha256": "3f" }""", false)]
    [InlineData("""{ "name": "another program's" }""", false)]
    public void A_manifest_alone_is_in_the_way_unless_its_run_never_began(string manifest, bool free)
    {
        Directory.CreateDirectory(Run.Path);
        File.WriteAllText(Run.Manifest, manifest);
        if (free)
        {
            Run.CheckFree();
        }
        else
        {
            Should.Throw<FineTuneException>(Run.CheckFree)
                .Message.ShouldBe($"'{Run.Path}' is not empty; give a folder that is new or empty.");
        }
    }

    [Fact]
    public void What_a_killed_process_left_half_written_is_deleted_and_nothing_else()
    {
        Run.Create();
        string[] files = [Run.Last + ".4711.tmp", Run.Last, Run.Path + "/mine.tmp", Run.Path + "/mine.x1.tmp"];
        foreach (var file in files)
            File.WriteAllText(file, string.Empty);
        Run.DeleteTemporaries();
        files.Where(File.Exists).ShouldBe(files[1..]);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
