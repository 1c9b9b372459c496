using FineTune.Experiment.Sweeps;
using FineTune.Tests.Weights;

namespace FineTune.Tests.Experiment.Sweeps;

/// <summary>What a sweep file may say, and what is said of others.</summary>
public sealed class SweepFileTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Everything_is_read()
    {
        File.WriteAllText(_scratch.File("base.yaml"), "data: photos\nmodel: cifar_resnet20\nepochs: 9");
        var spec = Read("recipe: base.yaml\nset: { epochs: 3, optimizer.lr: 0.5 }\nover: { batch: [4, 8] }\nsearch: random\nruns: 2\n"
            + "seed: 5\nseeds: [3, 1]\nfolds: 4\nhalving: { keep: 2, first: 1 }\nchoose: val_nll", "label_smoothing=0.1");
        spec.Base["epochs"].ShouldBe(9L);
        spec.Set.ShouldBe(["epochs=3", "optimizer.lr=0.5", "label_smoothing=0.1"]);
        spec.Over.Single().Single().Values.ShouldBe([4L, 8L]);
        (spec.Search, spec.Runs, spec.Seed, spec.Folds, spec.Choose).ShouldBe((SearchKind.Random, 2, 5L, 4, "val_nll"));
        spec.Seeds.ShouldBe([3L, 1L]);
        spec.Halving.ShouldBe(new HalvingOptions(2, 1, Brackets: false));
        Read("seeds: 3\nhyperband: true\nsearch: sobol").Halving.ShouldBe(new HalvingOptions(3, 1, Brackets: true));
        Read("seeds: 3").Seeds.ShouldBe([0L, 1L, 2L]);
    }

    [Fact]
    public void The_recipe_may_be_a_name_or_a_map_of_keys_and_paths_that_are_there_become_full()
    {
        Read("recipe: fine-tune").Base["recipe"].ShouldBe("fine-tune");
        var here = Path.GetRelativePath(Environment.CurrentDirectory, Path.GetTempPath());
        Read($"recipe: {{ data: '{here}', epochs: 2 }}").Base["data"].ShouldBe(Path.GetFullPath(here));
        Read("recipe: { data: nowhere/photos, epochs: 2 }").Base["data"].ShouldBe("nowhere/photos");
    }

    [Theory]
    [InlineData("ovr: 1", "Unknown key of a sweep 'ovr'; did you mean 'over'")]
    [InlineData("over: { optimzer.lr: [1] }", "Unknown recipe key 'optimzer'; did you mean 'optimizer'")]
    [InlineData("over: { seed: [1, 2] }", "seed cannot vary or be set in a sweep; seeds, folds and recipe are keys of its own.")]
    [InlineData("set: { fold: 2 }", "fold cannot vary or be set in a sweep")]
    [InlineData("over: { batch: [] }", "over.batch is an empty list; give its values.")]
    [InlineData("over: { batch: [4, 8, 4] }", "over.batch has 4 more than once; give each value once.")]
    [InlineData("over: { optimizer.lr: [0.1, 1e-1] }", "over.optimizer.lr has 0.1 more than once")]
    [InlineData("recipe: sweep.yaml\nover: { batch: [4] }", "'sweep.yaml' is a sweep itself; recipe names the file of one run's recipe.")]
    [InlineData("over: 3", "The sweep's over is 3; a map of recipe keys is allowed.")]
    [InlineData("over: { batch: { from: 1 } }", "The sweep's over.batch.to is null; a number is allowed.")]
    [InlineData("over: { batch: { from: 4, to: 2 } }", "The range of batch goes from 4 to 2; the first is to be smaller.")]
    [InlineData("over: { batch: { from: 0, to: 2, scale: log } }", "The range of batch begins at 0; on a log scale it is to begin")]
    [InlineData("over: { batch: { from: 1, to: 2, step: 1 } }", "Unknown key of the range of batch 'step'")]
    [InlineData("search: gird", "Unknown value of `search`: 'gird'; did you mean 'grid'")]
    [InlineData("search: random", "Give runs, how many configurations are to be drawn.")]
    [InlineData("runs: 5", "A grid has as many runs as there are combinations")]
    [InlineData("runs: 0\nsearch: random", "The sweep's runs is 0; a whole number from 1 to 100000 is allowed.")]
    [InlineData("folds: 1", "The sweep's folds is 1; a whole number from 2 to 1000 is allowed.")]
    [InlineData("seeds: [1, 1]", "The sweep's seeds is ")]
    [InlineData("seeds: two", "The sweep's seeds is two; a number from 1 to 1000, or a list of different seeds is allowed.")]
    [InlineData("halving: { keep: 1 }", "The sweep's keep is 1; a whole number from 2 to 100 is allowed.")]
    [InlineData("halving: { eta: 3 }", "Unknown key of halving 'eta'")]
    [InlineData("halving: true\nhyperband: true", "halving and hyperband are two ways to do the same")]
    [InlineData("hyperband: true", "hyperband says how many runs there are")]
    [InlineData("choose: test_top1", "Unknown value of `choose`: 'test_top1'; did you mean 'val_top1'")]
    [InlineData("recipe: nowhere.yaml", "a path is relative to the sweep's file.")]
    [InlineData("recipe: fine-tnue", "did you mean 'fine-tune'")]
    [InlineData("recipe: [1]", "a recipe file, a name of `finetune list recipes`, or a map of keys is allowed.")]
    [InlineData("- 1", "is no recipe")]
    [InlineData("over: { a: 1, a: 2 }", "Duplicate key a")]
    public void What_cannot_be_is_one_sentence_with_the_file(string yaml, string message)
    {
        var said = Should.Throw<FineTuneException>(() => Read(yaml)).Message;
        said.ShouldContain(message);
        said.ShouldStartWith($"'{_scratch.File("sweep.yaml")}'");
        said.ShouldNotContain("\n");
    }

    [Fact]
    public void A_file_that_is_not_there_is_one_sentence() =>
        Should.Throw<FineTuneException>(() => SweepFile.Read(_scratch.File("none.yaml"))).Message.ShouldContain("none.yaml");

    private SweepSpec Read(string yaml, params string[] settings)
    {
        File.WriteAllText(_scratch.File("sweep.yaml"), yaml);
        return SweepFile.Read(_scratch.File("sweep.yaml"), settings);
    }
}
