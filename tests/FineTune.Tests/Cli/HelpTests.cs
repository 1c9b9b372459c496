using System.CommandLine;
using System.Text.RegularExpressions;
using FineTune.Weights;

namespace FineTune.Tests.Cli;

public sealed partial class HelpTests
{
    public static TheoryData<string> Verbs => new(FineTune.Cli.Program.Root().Subcommands.Select(c => c.Name));

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_verb_shows_an_example_that_it_understands(string verb)
    {
        var help = new StringWriter();
        FineTune.Cli.Program.Root().Parse([verb, "--help"]).Invoke(new InvocationConfiguration { Output = help }).ShouldBe(0);

        var examples = help.ToString().Split('\n').SkipWhile(l => l != "Examples:").Skip(1).Where(l => l.Length > 0).ToArray();
        examples.ShouldNotBeEmpty();
        foreach (var example in examples)
        {
            example.ShouldStartWith($"  finetune {verb}");
            ShellExamples.Problems(example.Trim()).ShouldBeEmpty();
        }

        help.ToString().ShouldContain("--json");
        help.ToString().ShouldContain("--verbose");
    }

    [Fact]
    public void Weights_files_end_in_the_same_ways_in_the_code_the_help_and_the_README()
    {
        var endings = string.Join(", ", WeightFile.Endings);
        foreach (var verb in new[] { "train", "find-lr", "eval", "predict", "probe", "gradcheck" })
        {
            var help = new StringWriter();
            FineTune.Cli.Program.Root().Parse([verb, "--help"]).Invoke(new InvocationConfiguration { Output = help });
            ListsOfEndings().Matches(help.ToString()).ShouldHaveSingleItem(verb).Groups[1].Value.ShouldBe(endings, verb);
        }

        var pages = Directory.GetFiles(Path.Combine(Repo.Root, "docs"), "*.md").Append(Path.Combine(Repo.Root, "README.md"));
        var lists = pages.SelectMany(page => ListsOfEndings().Matches(File.ReadAllText(page)))
            .Select(m => string.Join(' ', m.Groups[1].Value.Split())).ToArray();
        lists.ShouldNotBeEmpty();
        lists.ShouldAllBe(list => list == endings);
    }

    [GeneratedRegex(@"\((\.pth(?:,\s+(?:\.\w+)+)+)\)")] // a page may break the line within
    private static partial Regex ListsOfEndings();

    [Fact]
    public void Help_lists_every_verb()
    {
        var help = Finetune.Run("--help").ShouldSucceed();

        foreach (var verb in new[] { "train", "eval", "ensemble", "predict", "inspect", "list", "doctor" })
            help.Out.ShouldContain($"\n  {verb}");
        help.Out.ShouldContain("finetune train --data");
    }

    [Fact]
    public void No_word_at_all_is_answered_with_the_help()
    {
        var outcome = Finetune.Run();

        outcome.Code.ShouldBe(2);
        outcome.Out.ShouldContain("Commands:");
        outcome.Error.ShouldBeEmpty();
    }
}
