using FineTune.Data;
using FineTune.Images;
using FineTune.Train;

namespace FineTune.Tests.Data;

/// <summary>Folds of the training images, and few images of each class.</summary>
public sealed class FoldTests : IDisposable
{
    private readonly ImageTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Folds_have_every_image_once_and_of_each_class_as_many_as_one_another()
    {
        _tree.Images("a", 13).Images("b", 10, 100);
        var folds = Enumerable.Range(1, 5).Select(fold => Open(new FolderOptions { Folds = 5, Fold = fold })).ToArray();

        var held = folds.Select(f => Names(f, SplitName.Validation)).ToArray();
        held.SelectMany(h => h).Order(StringComparer.Ordinal).ShouldBe(Names(folds[0], SplitName.All).Order(StringComparer.Ordinal));
        held.Select(h => h.Count(n => n[0] == 'a')).Order().ShouldBe([2, 2, 3, 3, 3]);
        held.Select(h => h.Count(n => n[0] == 'b')).ShouldAllBe(n => n == 2);
        foreach (var fold in folds)
            Names(fold, SplitName.Train).Intersect(Names(fold, SplitName.Validation)).ShouldBeEmpty();
        Names(Open(new FolderOptions { Folds = 5, Fold = 1, Seed = 1 }), SplitName.Validation).ShouldNotBe(held[0]);
    }

    [Fact]
    public void With_folds_the_folders_own_validation_images_are_the_test_images()
    {
        _tree.Images("train/a", 4).Images("train/b", 4, 10).Images("val/a", 2, 20).Images("val/b", 2, 30);
        var fold = Open(new FolderOptions { Folds = 2, Fold = 2 });

        Names(fold, SplitName.Test).ShouldAllBe(n => n.StartsWith("val/"));
        Names(fold, SplitName.Test).Length.ShouldBe(4);
        (Names(fold, SplitName.Train).Length, Names(fold, SplitName.Validation).Length).ShouldBe((4, 4));
    }

    [Fact]
    public void Where_there_are_test_images_too_they_are_left_out_by_name()
    {
        _tree.Images("train/a", 4).Images("train/b", 4, 10).Images("val/a", 1, 20).Images("val/b", 1, 30).Images("test/a", 1, 40)
            .Images("test/b", 1, 50);
        var fold = Open(new FolderOptions { Folds = 2 });

        fold.LeftOut.Select(f => f.Path).ShouldBe(["val/a/000.bmp", "val/b/000.bmp"]);
        Names(fold, SplitName.Test).ShouldBe(["test/a/000.bmp", "test/b/000.bmp"]);
    }

    [Fact]
    public void More_folds_than_images_of_a_class_are_refused()
    {
        _tree.Images("a", 3).Images("b", 9, 10);
        Should.Throw<FineTuneException>(() => Open(new FolderOptions { Folds = 4 })).Message
            .ShouldBe("A class has 3 different images to train on, one of them a/000.bmp; 4 folds need 4 of each class.");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    [InlineData(0, 2)]
    public void A_fold_that_cannot_be_is_refused(int folds, int fold)
    {
        _tree.Images("a", 9).Images("b", 9, 10);
        Should.Throw<FineTuneException>(() => Open(new FolderOptions { Folds = folds, Fold = fold })).Message
            .ShouldStartWith($"Fold {fold} of {folds} cannot be drawn");
    }

    [Fact]
    public void Copies_of_an_image_are_in_one_fold()
    {
        _tree.Images("a", 6).Images("b", 6, 10);
        for (var copy = 0; copy < 6; copy++)
            _tree.Image($"a/copy{copy}.bmp", copy);
        foreach (var fold in Enumerable.Range(1, 3))
        {
            var recipe = new Recipe { Data = _tree.Root, Model = "cifar_resnet20", Folds = 3, Fold = fold };
            var (dataset, inspection) = FineTune.Experiment.Experiment.Screen(recipe, new DecodedCache(limits: ImageLimits.Default));
            inspection.Leaks.ShouldBeEmpty();
            dataset.Split(SplitName.Validation).Count.ShouldBe(6); // two images of a, each twice, and two of b
        }
    }

    [Fact]
    public void Few_images_of_each_class_are_among_more_of_them_and_the_rest_is_left_out_by_name()
    {
        _tree.Images("train/a", 9).Images("train/b", 3, 10).Images("val/a", 2, 20).Images("val/b", 2, 30);
        var (two, five) = (Screen(2), Screen(5));

        Names(two, SplitName.Train).Count(n => n.StartsWith("train/a/")).ShouldBe(2);
        Names(five, SplitName.Train).Count(n => n.StartsWith("train/b/")).ShouldBe(3);
        Names(two, SplitName.Train).Except(Names(five, SplitName.Train)).ShouldBeEmpty();
        Names(two, SplitName.Validation).Length.ShouldBe(4);
        two.LeftOut.Select(f => f.Path).ShouldBe(
            Names(Screen(0), SplitName.Train).Except(Names(two, SplitName.Train)).Order(StringComparer.Ordinal));
        two.LeftOut.ShouldAllBe(f => f.Reason == "more of its class than images_per_class");
        Names(Screen(2, seed: 1), SplitName.Train).ShouldNotBe(Names(two, SplitName.Train));
    }

    private Dataset Screen(int perClass, long seed = 0) => FineTune.Experiment.Experiment.Screen(
        new Recipe { Data = _tree.Root, Model = "cifar_resnet20", ImagesPerClass = perClass, Seed = seed },
        new DecodedCache(limits: ImageLimits.Default)).Dataset;

    private Dataset Open(FolderOptions options) => ImageFolder.Open(_tree.Root, options);

    private static string[] Names(Dataset dataset, string split) => [.. dataset.Split(split).Select(s => dataset.Relative(s.Path))];
}
