using FineTune.Augment;
using FineTune.Train;
using static TorchSharp.torch;

namespace FineTune.Tests.Train;

[Collection(Serial.Name), Trait(Serial.Category, Serial.Name)]
public sealed class BoundaryStoreTests : IDisposable
{
    private readonly TinyRun _tiny = new();

    private string Cache => Path.Combine(_tiny.Root, "cache");

    private string[] Files => Directory.Exists(Cache) ? Directory.GetFiles(Cache) : [];

    [Theory]
    [InlineData("none", 2)]
    [InlineData("lecture", 4)]
    public void A_run_with_a_cache_on_disk_ends_in_the_same_bits_and_the_next_one_computes_nothing(string augment, int views)
    {
        var recipe = _tiny.Recipe with { Trainable = "layer3", Augment = AugmentSpec.Of(augment), Snapshots = 0 };
        var expected = _tiny.Start(recipe, _tiny.Folder("memory")).FinalWeights;
        recipe = recipe with { CacheFolder = Cache };
        Run(recipe, "first").ShouldBe((expected, views)); // of validation one, of training one an epoch
        Files.Length.ShouldBe(views);
        Run(recipe, "second").ShouldBe((expected, 0));
        Run(recipe with { Optimizer = new NamedSpec("adam") }, "other rule").Computed.ShouldBe(0);
        Run(recipe with { Trainable = "layer2" }, "other line").Computed.ShouldBe(views);
        Run(recipe with { Seed = 1 }, "other weights").Computed.ShouldBe(views);
        Run(recipe with { Precision = "bfloat16" }, "other precision").Computed.ShouldBe(views);
    }

    [Fact]
    public void What_is_damaged_on_disk_is_computed_again()
    {
        var recipe = _tiny.Recipe with { Trainable = "head", Augment = AugmentSpec.Of("none"), Snapshots = 0, CacheFolder = Cache };
        var expected = Run(recipe, "first");
        foreach (var (damage, k) in new Action<byte[]>[] { b => b[100] ^= 1, b => b[^60] ^= 1, b => b[^1] ^= 1 }.Select((d, k) => (d, k)))
        {
            var bytes = File.ReadAllBytes(Files[0]);
            damage(bytes);
            File.WriteAllBytes(Files[0], bytes);
            Run(recipe, $"damaged {k}").ShouldBe((expected.Hash, 1));
        }

        File.WriteAllBytes(Files[0], File.ReadAllBytes(Files[0])[..50]);
        File.WriteAllBytes(Files[1], []);
        Run(recipe, "cut").ShouldBe((expected.Hash, 2));
        Run(recipe, "mended").ShouldBe((expected.Hash, 0));
    }

    [Fact]
    public void A_file_is_not_believed_by_its_name()
    {
        var store = new BoundaryStore(Cache, 1 << 20, TimeProvider.System);
        using var a = store.Keep("a", 2, 24, () => [rand([2, 3])])!;
        var file = Files.Single();
        store.Keep("b", 2, 24, () => [rand([2, 3])])!.Dispose();
        File.Copy(file, Files.Single(f => f != file), overwrite: true);
        store.Find("b", 2).ShouldBeNull();
        store.Find("c", 2).ShouldBeNull();
        store.Find("a", 3).ShouldBeNull();
        using var again = store.Find("a", 2).ShouldNotBeNull();
        again.shape.ShouldBe([2, 3]);
        again.data<float>().ToArray().ShouldBe(a.data<float>().ToArray());
    }

    [Fact]
    public void Batches_are_joined_and_those_used_longest_ago_make_room()
    {
        BoundaryStore Store() => new(Cache, 300, TimeProvider.System); // two files of 40 bytes of values and 72 of proof
        using (var joined = Store()
            .Keep("a", 5, 40, () => [arange(6, ScalarType.Float32).view(3, 2), arange(6, 10, ScalarType.Float32).view(2, 2)])
            .ShouldNotBeNull())
        {
            joined.shape.ShouldBe([5, 2]);
            joined.data<float>().ToArray().ShouldBe([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        }

        File.SetLastWriteTimeUtc(Files.Single(), DateTime.UtcNow.AddHours(-2));
        Store().Keep("b", 5, 40, () => [rand([5, 2])])!.Dispose();
        File.SetLastWriteTimeUtc(Files.MaxBy(File.GetLastWriteTimeUtc)!, DateTime.UtcNow.AddHours(-1));
        Store().Find("a", 5)!.Dispose(); // used again: now b is the oldest
        Store().Keep("c", 5, 100, () => [rand([5, 2])])!.Dispose();
        Store().Find("b", 5).ShouldBeNull();
        Store().Find("a", 5).ShouldNotBeNull().Dispose();
        Store().Keep("d", 5, 301, () => throw new InvalidOperationException("nothing is to be computed")).ShouldBeNull();
        var store = Store();
        store.Find("a", 5)!.Dispose();
        store.Find("c", 5)!.Dispose();
        store.Keep("d", 5, 100, () => [rand([5, 2])]).ShouldBeNull(); // what is mapped here stays
        File.WriteAllBytes(Path.Combine(Cache, "x.boundary.1.tmp"), new byte[100]);
        File.SetLastWriteTimeUtc(Path.Combine(Cache, "x.boundary.1.tmp"), DateTime.UtcNow.AddHours(-3));
        Store().Keep("e", 5, 40, () => [rand([5, 2])])!.Dispose();
        Files.ShouldNotContain(f => f.EndsWith(".tmp", StringComparison.Ordinal)); // a killed run's
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_nothing_but_the_cache()
    {
        File.WriteAllText(Cache, "a file in the place of the folder");
        var recipe = _tiny.Recipe with { Trainable = "head", Snapshots = 0 };
        var expected = _tiny.Start(recipe, _tiny.Folder("memory")).FinalWeights;
        Run(recipe with { CacheFolder = Cache }, "first").Hash.ShouldBe(expected);
    }

    public void Dispose() => _tiny.Dispose();

    private (string Hash, int Computed) Run(Recipe recipe, string name)
    {
        using var experiment = FineTune.Experiment.Experiment.Prepare(recipe, _tiny.Folder(name));
        var result = FineTune.Experiment.TrainingRun.Start(experiment);
        return (result.FinalWeights, experiment.Sources.ComputedViews);
    }
}
