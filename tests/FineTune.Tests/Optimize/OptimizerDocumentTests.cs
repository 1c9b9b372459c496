using System.Globalization;
using FineTune.Optimize;
using FineTune.Tests.Packages;

namespace FineTune.Tests.Optimize;

/// <summary>What the pages say of the rules is what the code does.</summary>
public sealed class OptimizerDocumentTests
{
    [Fact]
    public void The_rule_and_the_row_that_CONTRIBUTING_shows_are_those_of_the_code()
    {
        var blocks = MarkdownCode.Blocks(Path.Combine(Repo.Root, "CONTRIBUTING.md"), "csharp");

        Code("Rules/Signum.cs").ShouldContain(OneLine(blocks[0]));
        Code("RuleTable.cs").ShouldContain(OneLine(blocks[1]));
    }

    [Fact]
    public void The_table_of_optimizers_has_every_rule_at_its_default_rate()
    {
        var rows = File.ReadLines(Path.Combine(Repo.Root, "docs", "optimizers.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Replace("\\|", string.Empty, StringComparison.Ordinal).Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1].Trim('`'), cells => cells[4]);
        foreach (var entry in Optimizers.Table.Where(o => rows.ContainsKey(o.Name) && o.Name != "sgd"))
            rows[entry.Name].ShouldBe(entry.DefaultLr.ToString(CultureInfo.InvariantCulture), entry.Name);
        rows["sgd"].ShouldStartWith(Optimizers.Table.Single(o => o.Name == "sgd").DefaultLr.ToString(CultureInfo.InvariantCulture) + " ");
        rows.Keys.Except(Optimizers.Table.Select(o => o.Name)).ShouldBeEmpty();
        rows.Count.ShouldBeGreaterThan(20);
    }

    private static string Code(string file) =>
        OneLine(string.Join('\n', File.ReadLines(Path.Combine(Repo.Root, "src", "FineTune", "Optimize", file))
            .Where(line => !line.TrimStart().StartsWith("/// <param", StringComparison.Ordinal))));

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
