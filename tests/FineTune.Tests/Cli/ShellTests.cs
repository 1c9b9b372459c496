using FineTune.Tests.Data;

namespace FineTune.Tests.Cli;

[Collection(nameof(CliCollection))]
public sealed class ShellTests(TrainedRun run)
{
    [Theory]
    [InlineData("runs/a-1_b.c", "runs/a-1_b.c")]
    [InlineData("optimizer.lr=1e-3,x:y@z", "optimizer.lr=1e-3,x:y@z")]
    [InlineData("my runs", "'my runs'")]
    [InlineData("a'b", "'a'\\''b'")]
    [InlineData("$HOME", "'$HOME'")]
    [InlineData("é;&", "'é;&'")]
    [InlineData("", "''")]
    [InlineData("~", "'~'")]
    public void A_word_is_quoted_where_a_shell_would_read_it_as_more_than_itself(string word, string quoted)
    {
        ShellWord.Quote(word).ShouldBe(quoted);
        Finetune.RunProgram("bash", ["-c", $"printf %s {quoted}"]).Out.ShouldBe(word); // what bash makes of it
    }

    [Fact]
    public void The_command_that_a_run_names_next_can_be_typed()
    {
        using var tree = new ImageTree();
        tree.Pictures("data/train/ant", 2).Pictures("data/train/bee", 2, 50).Pictures("data/val/ant", 2, 100)
            .Pictures("data/val/bee", 2, 150);
        var folder = tree.PathOf("my run's");

        string[] recipe = ["--data", tree.PathOf("data"), "--model", "cifar_resnet20", "--epochs", "1"];
        var trained = Finetune.Run(["train", .. recipe, "--out", folder]).ShouldSucceed();

        var next = trained.Out.Split('\n').Single(line => line.StartsWith("next ", StringComparison.Ordinal))[4..].Trim();
        next.ShouldStartWith("finetune eval --run ");
        var typed = next.Replace("finetune ", "printf '%s\\n' ", StringComparison.Ordinal);
        Finetune.RunProgram("bash", ["-c", typed]).Out.ShouldBe($"eval\n--run\n{folder}\n");
    }

    [Fact]
    public void Commands_are_named_as_finetune_was_called()
    {
        var dll = Path.Combine(AppContext.BaseDirectory, "FineTune.Cli.dll");
        Outcome Called(params string[] words) =>
            Finetune.RunProgram("dotnet", [dll, .. words], ("FINETUNE_COMMAND", "../my scripts/finetune"));

        Called("trian").Error.ShouldContain("See: '../my scripts/finetune' --help");
        Called("train", "--help").Out.ShouldContain("  '../my scripts/finetune' train --data photos");
        Called("train", "--data", run.Data, "--out", run.Folder + "-none", "--lr", "1")
            .Error.ShouldContain("`'../my scripts/finetune' list models`");
        File.ReadAllText(Path.Combine(Repo.Root, "scripts", "finetune")).ShouldContain("\nexport FINETUNE_COMMAND=$0");
    }

    [Fact]
    public void Top_5_is_left_out_where_it_says_nothing()
    {
        var eval = Finetune.Run("eval", "--run", run.Folder).ShouldSucceed().Out;
        eval.ShouldContain("top-1");
        eval.ShouldNotContain("top-5"); // of two classes
        ((double?)Finetune.Run("eval", "--run", run.Folder, "--json").ShouldSucceed().Json.ShouldHaveSingleItem()["top5"]).ShouldBe(1);
        var folder = run.Folder + "-eight";
        string[] recipe = ["--model", "cifar_resnet20", "--weights", "attic", "--epochs", "1", "--set", "trainable=head"];
        // eight classes
        Finetune.Run(["train", "--data", Path.Combine(Repo.Root, "datasets", "tidepool"), "--out", folder, .. recipe]).ShouldSucceed();
        Finetune.Run("eval", "--run", folder).ShouldSucceed().Out.ShouldContain("top-5");
    }
}
