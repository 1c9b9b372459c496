using System.Text.Json;
using FineTune.Cli.Show;
using FineTune.Experiment;
using FineTune.Train;
using FineTune.Train.Keys;

namespace FineTune.Tests.Train;

public sealed class RecipeKeysTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("finetune-keys-").FullName;

    public static TheoryData<string> Shipped =>
        new(Directory.GetFiles(Path.Combine(Repo.Root, "scripts"), "*.yaml", SearchOption.AllDirectories)
            .Where(f => !Experiment.Sweeps.SweepSchemaTests.IsSweep(f))
            .Select(f => Path.GetRelativePath(Repo.Root, f)).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_property_of_a_recipe_has_a_key()
    {
        string[] others = ["EffectiveSchedule", "Auto"];
        var names = typeof(Recipe).GetProperties().Where(p => p.SetMethod is not null && !others.Contains(p.Name)).SelectMany(p =>
            p.PropertyType is { IsClass: true, Namespace: not "System" } type && RecipeKeys.Within(Snake(p.Name)).Count > 0
                ? type.GetProperties().Where(i => i.SetMethod is not null).Select(i => $"{Snake(p.Name)}.{Snake(i.Name)}")
                : [Snake(p.Name)]);
        RecipeKeys.All.Where(k => k.IsWritten).Select(k => k.Name).ShouldBe(names, ignoreOrder: true);
    }

    [Theory]
    [InlineData("epochs: 3\nbatch: 0", 2, 8, "The recipe's batch is 0; 1 to 65536 is allowed.")]
    [InlineData("epochs: many", 1, 9, "The recipe's epochs is 'many'; a whole number is allowed.")]
    [InlineData("head:\n  form: mlp\n  dropout: 1", 3, 12, "The recipe's head.dropout is 1; a number from 0 to below 1 is allowed.")]
    [InlineData("head:\n  droput: 0.1", 2, 11, "Unknown option of head 'droput'; did you mean 'dropout'")]
    [InlineData("\n\nepoch: 3", 3, 8, "Unknown recipe key 'epoch'; did you mean 'epochs'")]
    [InlineData("early_stopping: -1", 1, 17, "The recipe's early_stopping.patience is -1")]
    public void What_is_wrong_is_said_with_its_line_and_column(string yaml, int line, int column, string says)
    {
        var path = Saved(yaml);
        Should.Throw<FineTuneException>(() => RecipeFile.Read(path))
            .Message.ShouldStartWith($"'{path}', line {line}, column {column}: {says}");
    }

    [Fact]
    public void What_was_set_over_the_file_has_no_line()
    {
        var path = Saved("data: photos\nmodel: resnet18\nepochs: 3");
        Should.Throw<FineTuneException>(() => RecipeFile.Read(path, ["epochs=0"]))
            .Message.ShouldBe("The recipe's epochs is 0; 1 to 1000000 is allowed.");
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public async Task The_schema_takes_every_recipe_of_the_repository(string file) =>
        (await Problems(File.ReadAllText(Path.Combine(Repo.Root, file)))).ShouldBeEmpty();

    [Fact]
    public async Task The_schema_takes_what_a_run_writes() => (await Problems(RecipeFile.Write(new Recipe { Snapshots = 3 })))
        .ShouldBeEmpty();

    [Theory]
    [InlineData("epoch: 3")]
    [InlineData("epochs: 0")]
    [InlineData("epochs: many")]
    [InlineData("head: { form: lnear }")]
    [InlineData("head: { froom: linear }")]
    [InlineData("optimizer: { name: adam, momentun: 1 }")]
    [InlineData("optimizer: adma")]
    [InlineData("augment: ligth")]
    [InlineData("phases: [{ epoch: 3 }]")]
    [InlineData("early_stopping: soon")]
    public async Task The_schema_finds_what_is_wrong(string yaml) => (await Problems(yaml)).ShouldNotBeEmpty();

    [Fact]
    public void The_documents_table_is_that_of_the_declarations()
    {
        var written = File.ReadAllLines(Path.Combine(Repo.Root, "docs", "recipes.md"))
            .Where(l => l.StartsWith("| `", StringComparison.Ordinal));
        written.ShouldBe(KeyList.Markdown(), "run: scripts/remake-docs.sh");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static Task<IEnumerable<string>> Problems(string yaml) => SchemaProblems.Of(yaml, RecipeSchema.Make());

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private string Saved(string text)
    {
        var path = Path.Combine(_root, "recipe.yaml");
        File.WriteAllText(path, text);
        return path;
    }
}
