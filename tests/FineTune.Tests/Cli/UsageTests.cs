using FineTune.Cli;

namespace FineTune.Tests.Cli;

public sealed class UsageTests
{
    public static TheoryData<string> Verbs => new(Program.Root().Subcommands.Select(c => c.Name));

    [Theory]
    [MemberData(nameof(Verbs))]
    public void No_option_takes_an_empty_text(string verb)
    {
        foreach (var option in Program.Root().Subcommands.Single(c => c.Name == verb)
            .Options.Where(o => o.ValueType == typeof(string) || o.ValueType == typeof(string[])))
        {
            foreach (var empty in new[] { string.Empty, " " })
            {
                WrongUsage.Sentences(Program.Root().Parse([verb, option.Name, empty]))
                    .ShouldContain($"{option.Name} is empty; give a value, or leave it out.");
            }
        }
    }

    [Theory]
    [InlineData("trian", "did you mean 'train'")]
    [InlineData("trian --data photos", "Unknown command 'trian'; did you mean 'train'")]
    [InlineData("evla photos --run x --jsno", "Unknown command 'evla'; did you mean 'eval'")]
    [InlineData("--data photos", "A command comes before '--data': one of train, find-lr, eval")]
    [InlineData("train --data x --model resnet18", "'--out' is required")]
    [InlineData("export --run x --out y", "'--format' is required: pth (")]
    [InlineData("train --out x --wieghts y", "Unknown option '--wieghts'; did you mean '--weights'")]
    [InlineData("train --out x --snapshots 5", "Unknown option '--snapshots'; set a recipe's key with --set snapshots=VALUE.")]
    [InlineData(
        "find-lr --label-smoothing 0.1", "Unknown option '--label-smoothing'; set a recipe's key with --set label_smoothing=VALUE.")]
    [InlineData("train a.yaml b.yaml --out x", "'b.yaml' is an argument too many")]
    [InlineData("train --out x --on-bad-file maybe", "'maybe'", "'fail' 'skip'")]
    [InlineData("train --out", "--out")]
    [InlineData("train --out x --epochs many", "--epochs is 'many'; a whole number is allowed.")]
    [InlineData(
        "train --out x --lr fast --batch 1.5", "--lr is 'fast'; a number is allowed.", "--batch is '1.5'; a whole number is allowed.")]
    [InlineData("inspect photos --max-pixels 1e9", "--max-pixels is '1e9'; a whole number is allowed.")]
    [InlineData("find-lr --from low", "--from is 'low'; a number is allowed.")]
    [InlineData("predict --run x", "'images'")]
    [InlineData("predict --rnu x photo.jpg", "did you mean '--run'")]
    [InlineData("list", "'what'")]
    [InlineData("doctor now", "'now' is an argument too many")]
    public void Wrong_usage_is_said(string line, params string[] says)
    {
        var sentences = string.Join('\n', WrongUsage.Sentences(Program.Root().Parse(line.Split(' '))));

        foreach (var words in says)
            sentences.ShouldContain(words);
    }

    [Theory]
    [InlineData("trian --data photos", "--data")]
    [InlineData("evla photos --run x", "photos", "--run")]
    public void A_misspelt_verb_is_all_that_is_said(string line, params string[] silentOn)
    {
        var sentence = WrongUsage.Sentences(Program.Root().Parse(line.Split(' '))).ShouldHaveSingleItem();

        foreach (var words in silentOn)
            sentence.ShouldNotContain(words);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("find-lr")]
    public void Verbs_that_take_a_recipe_have_short_forms_of_what_is_set_most(string verb)
    {
        string[] line = [verb, "--data", "photos", "--model", "resnet18", .. verb == "train" ? ["--out", "x"] : Array.Empty<string>()];
        string[] settings = ["--set", "optimizer=adam", "snapshots=2"];
        string[] shorts = ["--epochs", "5", "--lr", "2e-3", "--batch", "16", "--seed", "-3"];
        var recipe = RecipeInput.Read(Program.Root().Parse([.. line, .. shorts, .. settings]));

        (recipe.Epochs, recipe.Batch, recipe.Seed).ShouldBe((5, 16, -3));
        recipe.Optimizer.ToString().ShouldBe("adam (lr 0.002)");
        Should.Throw<UsageException>(() => RecipeInput.Read(Program.Root().Parse([.. line, "--epochs", "5", "--set", "epochs=9"]))).Message
            .ShouldBe("--epochs is short for --set epochs=, which is given too; leave out one of them.");
    }

    [Theory]
    [InlineData("trian", "did you mean 'train'", "See: finetune --help")]
    [InlineData("train --out x --wieghts y", "did you mean '--weights'", "See: finetune train --help")]
    [InlineData("predict photo.jpg", "Give --run, or --weights")]
    [InlineData("eval --run x --model y", "--run evaluates a run on its own images; leave out --model")]
    [InlineData("predict a.jpg --run x --model y", "--run uses the run's own model; leave out --model")]
    [InlineData("eval --run x --weights y", "With --run, --weights is best or last, not 'y'")]
    [InlineData("train --out x --resume --weights y", "--resume uses the run's own recipe; leave out --weights")]
    [InlineData("train --out x --resume --lr 50", "--resume uses the run's own recipe; leave out --lr")]
    [InlineData("train a.yaml --out x --resume", "--resume uses the run's own recipe; leave out the recipe")]
    [InlineData("train --out  --data x", "--out is empty")]
    [InlineData("train --out x --epochs 5 --set epochs=6", "--epochs is short for --set epochs=, which is given too")]
    [InlineData("find-lr --minutes 5", "Unknown option '--minutes'")]
    [InlineData("eval", "Give --run, or --data with --weights")]
    [InlineData("list modles", "Unknown list 'modles'; did you mean 'models'")]
    [InlineData("ensemble --run x --method averge", "Unknown method 'averge'; did you mean 'average'")]
    public void Wrong_usage_leaves_with_2(string line, params string[] says) => Finetune.Run(line.Split(' ')).ShouldBeWrongUsage(says);

    [Fact]
    public void A_word_that_is_not_UTF8_is_said_to_be_so()
    {
        var parsed = Program.Root().Parse(["train", "--data", "caf\uFFFD"]);
        WrongUsage.IsRight(parsed).ShouldBeFalse();
        WrongUsage.Sentences(parsed).ShouldContain($"'{Printable.Of("caf\uFFFD")}' cannot be used: {RegularFile.NameNotUtf8("\uFFFD")}.");
    }
}
