using System.Text.RegularExpressions;

namespace FineTune.Tests.Cli;

public sealed partial class DocumentTests
{
    [SkippableFact]
    public void Every_finetune_command_of_the_documents_exists()
    {
        var readme = Path.Combine(Repo.Root, "README.md");
        Skip.IfNot(File.Exists(readme), "there is no README.md yet");
        var docs = Path.Combine(Repo.Root, "docs");
        var pages = Directory.Exists(docs) ? Directory.GetFiles(docs, "*.md", SearchOption.AllDirectories) : [];
        var commands = pages.Prepend(readme).SelectMany(
            page => ShellExamples.Commands(File.ReadAllText(page)).Select(c => (Page: Path.GetFileName(page), Command: c))).ToArray();

        commands.ShouldNotBeEmpty();
        commands.SelectMany(c => ShellExamples.Problems(c.Command).Select(p => $"{c.Page}: {c.Command}: {p}")).ShouldBeEmpty();
    }

    /// <summary>The demonstration's table stands in two places.</summary>
    [Fact]
    public void The_demonstrations_accuracies_are_the_same_in_the_readme_and_in_the_benchmarks()
    {
        var rows = File.ReadLines(Path.Combine(Repo.Root, "README.md"))
            .Where(l => l.StartsWith("  runs/demo/", StringComparison.Ordinal)).ToArray();
        var told = File.ReadLines(Path.Combine(Repo.Root, "docs", "benchmarks.md"))
            .Single(l => l.StartsWith("| `scripts/demo.sh`", StringComparison.Ordinal)).Split("best epoch:");

        rows.Length.ShouldBe(6);
        foreach (var row in rows)
        {
            var parts = Percentages().Matches(row).Select(m => m.Value).ToArray(); // of the best epoch, and of the last where there is one
            told[parts.Length > 1 ? 1 : 0].ShouldContain(parts[0], Case.Sensitive, row);
            told[0].ShouldContain(parts[^1], Case.Sensitive, row);
        }
    }

    [Fact]
    public void Commands_are_found_in_shell_blocks_only()
    {
        const string Page = "Call `finetune doctor`.\n```sh runs\n$ scripts/finetune eval --run a \\\n    "
            + "--json\nls\n```\n```yaml\nfinetune: no\n```\n```sh\nfinetune list models | head\n```\n";

        ShellExamples.Commands(Page).ShouldBe(["scripts/finetune eval --run a      --json", "finetune list models | head"]);
    }

    [Theory]
    [InlineData("finetune evla --run a")]
    [InlineData("scripts/finetune eval --rnu a")]
    [InlineData("finetune train --out a --snapshots 5")]
    [InlineData("finetune train --out a --set epoch=5")]
    [InlineData("finetune train --out a --set epochs=5 'optimizr={ name: sgd }'")]
    [InlineData("finetune train --data a")]
    public void What_does_not_exist_is_seen(string command) => ShellExamples.Problems(command).ShouldNotBeEmpty();

    [Theory]
    [InlineData("finetune train --out a --set epochs=5 'optimizer={ name: sgd, lr: 1 }' # five of them")]
    [InlineData("scripts/finetune list models | head --frob")]
    [InlineData("finetune eval --run a --json > out.json")]
    [InlineData("finetune train --help")]
    public void What_exists_is_let_through(string command) => ShellExamples.Problems(command).ShouldBeEmpty();

    [GeneratedRegex(@"\d+\.\d%")]
    private static partial Regex Percentages();
}
