using FineTune.Experiment;
using FineTune.Experiment.Sweeps;
using NJsonSchema;

namespace FineTune.Tests.Experiment.Sweeps;

/// <summary>The schema that editors complete and check sweep files by, and the sweeps that ship.</summary>
public sealed class SweepSchemaTests
{
    public static TheoryData<string> Shipped => new(Files.Select(f => Path.GetRelativePath(Repo.Root, f)).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Files =>
        Directory.GetFiles(Path.Combine(Repo.Root, "scripts"), "*.yaml", SearchOption.AllDirectories).Where(IsSweep);

    /// <summary>Whether a file is a sweep, not a recipe.</summary>
    internal static bool IsSweep(string file) => RecipeTree.Parse(File.ReadAllText(file), file).Keys.Any(k => k is "over" or "seeds");

    [Fact]
    public void The_repository_has_sweeps() => Files.Count().ShouldBeGreaterThan(5);

    [Theory]
    [MemberData(nameof(Shipped))]
    public async Task The_schema_takes_every_sweep_of_the_repository_and_so_does_the_reader(string file)
    {
        var path = Path.Combine(Repo.Root, file);
        (await Problems(File.ReadAllText(path))).ShouldBeEmpty();
        SweepFile.Read(path).Over.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("ovr: {}")]
    [InlineData("over: { optimzer.lr: [1] }")]
    [InlineData("over: { seed: [1, 2] }")]
    [InlineData("over: []")]
    [InlineData("search: gird")]
    [InlineData("seeds: [1, 1]")]
    [InlineData("folds: 1")]
    [InlineData("halving: { eta: 3 }")]
    [InlineData("choose: test_top1")]
    [InlineData("recipe: { epoch: 3 }")]
    public async Task The_schema_finds_what_is_wrong(string yaml) => (await Problems(yaml)).ShouldNotBeEmpty();

    [Fact]
    public void The_documents_table_has_every_key()
    {
        var page = File.ReadAllText(Path.Combine(Repo.Root, "docs", "sweeps.md"));
        SweepKeys.All.Where(k => !page.Contains($"`{k.Name}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static Task<IEnumerable<string>> Problems(string yaml) => SchemaProblems.Of(yaml, SweepKeys.Schema());
}
