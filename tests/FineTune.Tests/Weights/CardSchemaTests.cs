using FineTune.Weights;

namespace FineTune.Tests.Weights;

/// <summary>The schema that editors complete and check cards by, and the cards that ship.</summary>
public sealed class CardSchemaTests
{
    private const string Card = "name: a\nmodel: resnet18\nfile: a.pth\nsha256: "
        + "0123456789012345678901234567890123456789012345678901234567890123\nbytes: 10\n";

    [Fact]
    public async Task It_takes_every_card_of_the_repository()
    {
        var files = Directory.GetFiles(Path.Combine(Repo.Root, "models"), "*.yaml");
        files.Length.ShouldBeGreaterThan(70);
        foreach (var file in files)
            (await Problems(File.ReadAllText(file))).ShouldBeEmpty(file);
    }

    [Theory]
    [InlineData("sdt: [0.5, 0.5, 0.5]")]
    [InlineData("mean: [0.5, 0.5]")]
    [InlineData("mean: 0.5")]
    [InlineData("url: http://example.org/a.pth")]
    [InlineData("sha256_prefix: 012x")]
    [InlineData("interpolation: lanczos")]
    [InlineData("input_size: 0")]
    [InlineData("weights: { b: { model: resnet18 } }")]
    [InlineData("expected: { top1: high }")]
    public async Task It_finds_what_is_wrong(string line)
    {
        (await Problems(Card)).ShouldBeEmpty();
        (await Problems(Card + line)).ShouldNotBeEmpty();
    }

    [Fact]
    public void The_documents_table_has_every_key()
    {
        var page = File.ReadAllText(Path.Combine(Repo.Root, "docs", "weights.md"));
        CardKeys.All.Where(k => !page.Contains($"| `{k.Name}` | {k.Meaning} |", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static Task<IEnumerable<string>> Problems(string yaml) => SchemaProblems.Of(yaml, CardKeys.Schema());
}
