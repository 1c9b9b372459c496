using System.Globalization;
using System.Text.RegularExpressions;
using FineTune.Tests.Data;

namespace FineTune.Tests.Cli;

/// <summary>
/// Does what docs/tutorial.md says, command by command, in a folder that has its images. A ```sh block has commands, each with
/// exit code 0 unless `# exit code N` follows it; the ```text block below it quotes what they print; `runs/...` is what they write.
/// </summary>
public sealed partial class TutorialTests
{
    private const string Images = "datasets/tidepool", Written = "runs/";

    [Fact]
    public void The_tutorial_prints_what_it_quotes_and_writes_what_it_names()
    {
        var page = File.ReadAllText(Path.Combine(Repo.Root, "docs", "tutorial.md"));
        using var scratch = new ImageTree();
        foreach (var file in Directory.GetFiles(Path.Combine(Repo.Root, Images), "*", SearchOption.AllDirectories))
            scratch.Bytes(Path.GetRelativePath(Repo.Root, file), File.ReadAllBytes(file));

        string[] printed = [];
        var problems = new List<string>();
        foreach (Match block in Blocks().Matches(page))
        {
            if (block.Groups["kind"].Value == "text")
            {
                problems.AddRange(NotPrinted(block.Groups["text"].Value, printed));
                continue;
            }

            var results = ShellExamples.Commands(block.Value).Select(command => Run(command, scratch.Root)).ToArray();
            printed = [.. results.SelectMany(r => r.Printed)];
            problems.AddRange(results.SelectMany(r => r.Problems));
        }

        string[] named = [.. Names().Matches(Blocks().Replace(page, string.Empty)).Select(m => m.Groups["name"].Value)];
        named.ShouldNotBeEmpty();
        problems.AddRange(named.Where(name => !Path.Exists(scratch.PathOf(name))).Select(name => $"not written: {name}"));
        problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("bit-equal: the same", "bit-equal: the same, bit by bit")] // no number: the whole line
    [InlineData("loss focal", "loss cross-entropy")]
    [InlineData("epoch 3/6 ...", "epcoh 3/6 loss 0.2")] // up to the first number
    [InlineData("next finetune eval ...", "next finetune train --run a")] // up to the dots
    public void A_line_that_was_not_printed_is_seen(string quoted, string printed) => NotPrinted(quoted, [printed]).ShouldNotBeEmpty();

    [Theory]
    [InlineData("loss   cross-entropy", "loss cross-entropy")]
    [InlineData("result 81.6% of 320", "result 80.9% of 320")]
    [InlineData("next finetune eval ...", "next finetune eval --run a")]
    [InlineData("...", "anything")]
    public void A_line_that_was_printed_is_let_through(string quoted, string printed) => NotPrinted(quoted, [printed]).ShouldBeEmpty();

    /// <summary>
    /// The quoted lines that were not printed. A line up to its first number, or up to three dots, has to begin a printed line; a line
    /// with neither has to be one. Numbers differ from machine to machine.
    /// </summary>
    private static IEnumerable<string> NotPrinted(string quoted, IReadOnlyCollection<string> printed)
    {
        foreach (var line in Lines(quoted))
        {
            var sure = Sure().Match(line).Value;
            if (!printed.Any(p => sure.Length == line.Length ? p == line : p.StartsWith(sure.TrimEnd(), StringComparison.Ordinal)))
                yield return $"not printed: {line}";
        }
    }

    private static (string[] Printed, string[] Problems) Run(string command, string folder)
    {
        var words = ShellExamples.Words(command);
        var outcome = Finetune.RunProgram(
            "env", ["--chdir", folder, $"FINETUNE_COMMAND={words[0]}", .. Finetune.Program, .. words.Skip(1)]);
        var stated = ExitCode().Match(command);
        var expected = stated.Success ? int.Parse(stated.Groups["code"].Value, CultureInfo.InvariantCulture) : 0;
        return (
            [.. Lines(outcome.Out), .. Lines(outcome.Error)],
            outcome.Code == expected ? [] : [$"{command}: exit code {outcome.Code}. {outcome.Error}"]);
    }

    private static IEnumerable<string> Lines(string text) =>
        text.Split('\n').Select(line => Spaces().Replace(line.Trim(), " ")).Where(line => line.Length > 0);

    [GeneratedRegex(@"^```(?<kind>sh|text)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("`(?<name>" + Written + "[^`]*)`")]
    private static partial Regex Names();

    [GeneratedRegex(@"# exit code (?<code>\d+)")]
    private static partial Regex ExitCode();

    [GeneratedRegex(@"^.*?(?=\d|\.\.\.|$)")]
    private static partial Regex Sure();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
