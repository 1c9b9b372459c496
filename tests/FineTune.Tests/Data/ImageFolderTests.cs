using FineTune.Data;

namespace FineTune.Tests.Data;

public sealed class ImageFolderTests : IDisposable
{
    private readonly ImageTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("train", "val")]
    [InlineData("train", "valid")]
    [InlineData("Train", "Validation")]
    public void Split_folders_are_read_in_ordinal_order(string train, string validation)
    {
        _tree.Images($"{train}/bee", 2).Images($"{train}/Ant", 3).Images($"{validation}/bee", 1).Images($"{validation}/Ant", 1);
        var data = ImageFolder.Open(_tree.Root);
        data.Classes.ShouldBe(["Ant", "bee"]);
        data.Splits.Keys.ShouldBe(["train", "val"]);
        data.ValidationDrawn.ShouldBeFalse();
        data.Splits["train"].Select(s => (data.Relative(s.Path), s.Label)).ShouldBe(
        [
            ($"{train}/Ant/000.bmp", 0), ($"{train}/Ant/001.bmp", 0), ($"{train}/Ant/002.bmp", 0),
            ($"{train}/bee/000.bmp", 1), ($"{train}/bee/001.bmp", 1),
        ]);
        data.Split("all").Count.ShouldBe(7);
    }

    [Fact]
    public void Drawn_split_is_stratified_and_a_function_of_the_seed()
    {
        _tree.Images("a", 20).Images("b", 10).Images("c", 2);
        var data = ImageFolder.Open(_tree.Root, new FolderOptions { Seed = 3 });
        data.ValidationDrawn.ShouldBeTrue();
        data.Splits["val"].CountBy(s => s.Label).Select(p => p.Value).ShouldBe([2, 2, 1]);
        data.Splits["train"].CountBy(s => s.Label).Select(p => p.Value).ShouldBe([18, 8, 1]);
        data.Split("all").Select(s => s.Path).Distinct().Count().ShouldBe(32);
        ImageFolder.Open(_tree.Root, new FolderOptions { Seed = 3 }).Splits["val"].ShouldBe(data.Splits["val"]);
        ImageFolder.Open(_tree.Root, new FolderOptions { Seed = 4 }).Splits["val"].ShouldNotBe(data.Splits["val"]);
        ImageFolder.Open(_tree.Root, new FolderOptions { Seed = 3, ValFraction = 0.99 }).Splits["train"].Select(s => s.Label)
            .ShouldBe([0, 1, 2]);
        ImageFolder.Open(_tree.Root, new FolderOptions { ValFraction = 0 }).Splits.Keys.ShouldBe(["train"]);
    }

    [Fact]
    public void An_images_place_is_its_own_whatever_comes_beside_it()
    {
        _tree.Images("a", 40).Images("b", 40);
        var before = ImageFolder.Open(_tree.Root);
        var names = before.Splits["val"].Select(s => before.Relative(s.Path)).ToHashSet();
        for (var i = 0; i < 30; i++)
            _tree.Bytes($"a/0{i}.bmp", System.IO.File.ReadAllBytes(Path.Combine(_tree.Root, "a", "000.bmp")));
        var after = ImageFolder.Open(_tree.Root);
        after.Splits["val"].Select(s => after.Relative(s.Path)).Where(n => before.Split("all").Any(s => before.Relative(s.Path) == n))
            .ShouldBe(names, ignoreOrder: true);
        after.Splits["val"].Count.ShouldBeGreaterThan(names.Count);
    }

    [Fact]
    public void A_class_moves_no_other_class_between_sides()
    {
        _tree.Images("a", 12).Images("b", 12);
        var before = ImageFolder.Open(_tree.Root).Splits["val"];
        _tree.Images("c", 12);
        ImageFolder.Open(_tree.Root).Splits["val"].Where(s => s.Label < 2).ShouldBe(before);
    }

    [Fact]
    public void Test_is_never_drawn_from_or_chosen_on()
    {
        _tree.Images("train/a", 5).Images("train/b", 5).Images("test/a", 3).Images("test/b", 3);
        var data = ImageFolder.Open(_tree.Root);
        data.Splits.ToDictionary(s => s.Key, s => s.Value.Count).ShouldBe(new() { ["train"] = 7, ["val"] = 3, ["test"] = 6 });
        data.Splits["val"].ShouldAllBe(s => s.Path.Contains("train"));
    }

    [Fact]
    public void A_test_split_alone_is_enough_to_measure_on()
    {
        _tree.Images("test/a", 2).Images("test/b", 2);
        ImageFolder.Open(_tree.Root).Splits.Keys.ShouldBe(["test"]);
    }

    [Fact]
    public void A_class_may_be_called_train()
    {
        _tree.Images("bus", 5).Images("train", 5).Images("test", 5);
        ImageFolder.Open(_tree.Root).Classes.ShouldBe(["bus", "test", "train"]);
    }

    [Fact]
    public void Dirty_names_are_read_listed_or_counted()
    {
        _tree.Image("a/with a space.BMP").Image("a/deep/er/1.bmp").Image("a/no ending", 4).Bytes("a/broken.JPG", [1, 2, 3])
            .Bytes("a/notes.txt", [65]).Bytes("a/stray.gif", File.ReadAllBytes(Repo.Goldens("Augment/stray.gif"))).Bytes("a/empty.dat", [])
            .Bytes("a/.DS_Store", [1]).Bytes("a/Thumbs.db", [1]).Images("b", 2).Image(".hidden/x.txt").Image("__MACOSX/x.bmp")
            .Bytes("README.md", [65]).Image("a/._1.bmp").Image(".git/x.bmp").Bytes("b/.gitkeep", []);
        var data = ImageFolder.Open(_tree.Root);
        data.Classes.ShouldBe(["a", "b"]);
        data.Split("all").Where(s => s.Label == 0).Select(s => data.Relative(s.Path)).Order(StringComparer.Ordinal)
            .ShouldBe(["a/broken.JPG", "a/deep/er/1.bmp", "a/no ending", "a/with a space.BMP"]);
        data.LeftOut.Select(f => f.Path).ShouldBe(["README.md", "a/empty.dat", "a/notes.txt", "a/stray.gif"]);
        data.LeftOut[0].Reason.ShouldBe("not in a class folder");
        data.LeftOut[3].Reason.ShouldContain("GIF");
        data.Ignored.ShouldBe(7);
    }

    [Fact]
    public void A_relative_path_that_is_not_there_is_told_with_where_it_was_looked_for()
    {
        Should.Throw<FineTuneException>(() => ImageFolder.Open("no-such-folder")).Message
            .ShouldBe($"The data folder 'no-such-folder' does not exist (looked for in '{Directory.GetCurrentDirectory()}').");
        Should.Throw<FineTuneException>(() => ImageFolder.Open(_tree.PathOf("none"))).Message
            .ShouldBe($"The data folder '{_tree.PathOf("none")}' does not exist.");
    }

    [Fact]
    public void Hidden_images_and_folders_that_hold_some_are_listed()
    {
        _tree.Images("a", 2).Images("b", 2).Images(".net", 2)
            .Image("a/.x.bmp").Image("b/.cache/deep/y.bmp").Bytes("b/.cache/deep/x.txt", [65]).Image("b/.AppleDouble/._z.bmp");
        var data = ImageFolder.Open(_tree.Root);
        data.LeftOut.ShouldBe([.. new[] { ".net", "a/.x.bmp", "b/.cache" }
            .Select(path => new LeftOutFile(path, "the name begins with a dot, so it counts as hidden"))]);
        data.Ignored.ShouldBe(1);
        data.Split("all").Count.ShouldBe(4);
    }

    [Fact]
    public void A_class_that_is_missing_since_it_is_hidden_is_told_so()
    {
        const string Hidden = "the name begins with a dot, so it counts as hidden";
        _tree.Images(".net", 2);
        Fails().ShouldBe($"'{_tree.Root}' holds no class folders, but '.net': {Hidden}; one folder of images for each class is needed.");
        _tree.Images("java", 2);
        Fails().ShouldBe($"'{_tree.Root}' holds one class only ('java'), but '.net': {Hidden}; at least two are needed.");
        _tree.Image("c/.1.bmp");
        Fails().ShouldBe($"Class 'c' of '{_tree.Root}' (train) holds no image, but 'c/.1.bmp': {Hidden}.");
    }

    [Theory]
    [InlineData("Cat|cat|dog", "classes 'Cat' and 'cat' differ only by case or white space")]
    [InlineData("a|A|b c|bc|d", "classes 'A' and 'a', 'b c' and 'bc' differ only by case or white space")]
    [InlineData("a1|a-1|b", null)]
    public void Names_that_are_almost_the_same_are_told(string names, string? note)
    {
        foreach (var name in names.Split('|'))
            _tree.Images(name, 2);
        var data = ImageFolder.Open(_tree.Root);
        data.Notes.ShouldBe(note is null ? [] : [note]);
        Inspector.Inspect(data).Notes.ShouldBe(data.Notes);
    }

    [Fact]
    public void An_unlabelled_test_folder_is_left_out()
    {
        _tree.Images("train/a", 4).Images("train/b", 4).Images("test", 3).Images("extra", 1);
        var data = ImageFolder.Open(_tree.Root);
        data.Splits.Keys.ShouldBe(["train", "val"]);
        data.LeftOut.Select(f => f.Path).ShouldBe(["extra", "test"]);
    }

    [Fact]
    public void Given_classes_decide_the_labels()
    {
        _tree.Images("a", 5).Images("b", 5);
        var data = ImageFolder.Open(_tree.Root, new FolderOptions { Classes = ["b", "c", "a"] });
        data.Classes.ShouldBe(["b", "c", "a"]);
        data.Splits["train"].Select(s => (Path.GetFileName(Path.GetDirectoryName(s.Path)), s.Label)).Distinct()
            .ShouldBe([("b", 0), ("a", 2)]);
        Fails(new FolderOptions { Classes = ["bb", "a"] })
            .ShouldBe($"The class folder 'b' of '{_tree.Root}' is none of the classes that the weights know (nearest: 'a'): bb, a.");
        Fails(new FolderOptions { Classes = ["a", "b", "a"] }).ShouldContain("'a' more than once");
    }

    [Fact]
    public void A_missing_folder_is_one_sentence()
    {
        Should.Throw<FineTuneException>(() => ImageFolder.Open(_tree.PathOf("nowhere"))).Message.ShouldEndWith("nowhere' does not exist.");
        _tree.Bytes("file", [1]);
        Should.Throw<FineTuneException>(() => ImageFolder.Open(_tree.PathOf("file")))
            .Message.ShouldEndWith("is a file; a folder of class folders is needed.");
    }

    [Fact]
    public void No_class_or_one_class_is_one_sentence()
    {
        _tree.Image("1.bmp");
        Fails().ShouldContain("holds no class folders");
        _tree.Images("only", 3);
        Fails().ShouldContain("one class only ('only')");
    }

    [Fact]
    public void An_empty_class_is_named()
    {
        _tree.Images("a", 3).Folder("b").Bytes("c/notes.txt", [65]);
        Fails().ShouldBe($"Classes 'b', 'c' of '{_tree.Root}' (train) hold no image.");
    }

    [Theory]
    [InlineData("val", false, "validation")]
    [InlineData("val", true, "validation")]
    [InlineData("test", false, "test")]
    [InlineData("test", true, "test")]
    public void A_split_beside_training_may_lack_a_class(string split, bool hasFolder, string named)
    {
        _tree.Images("train/a", 3).Images("train/b", 3).Images($"{split}/a", 2);
        if (hasFolder)
            _tree.Folder($"{split}/b");

        var data = ImageFolder.Open(_tree.Root);

        data.Classes.ShouldBe(["a", "b"]);
        data.Splits[split].Count.ShouldBe(2);
        data.Notes.ShouldBe([$"no {named} image of class 'b'"]);
        Inspector.Inspect(data).Notes.ShouldBe(data.Notes);
        ImageFolder.Open(_tree.Root, new FolderOptions { Classes = ["a", "b", "c"] })
            .Notes.ShouldContain($"no {named} image of classes 'b', 'c'");
    }

    [Fact]
    public void Training_has_every_class_and_a_split_an_image()
    {
        _tree.Images("train/a", 3).Folder("train/b").Images("val/a", 2).Images("val/b", 2);
        Fails().ShouldBe($"Class 'b' of '{_tree.Root}' (train) holds no image.");
        _tree.Images("train/b", 3);
        Directory.Delete(_tree.PathOf("val"), recursive: true);
        _tree.Folder("val/a").Folder("val/b");
        Fails().ShouldBe($"Classes 'a', 'b' of '{_tree.Root}' (val) hold no image.");
    }

    [Fact]
    public void A_validation_class_of_unreadable_images_is_noted_when_they_are_skipped()
    {
        _tree.Images("train/a", 3).Images("train/b", 3).Images("val/a", 2).Bytes("val/b/1.jpg", []);
        var data = ImageFolder.Open(_tree.Root);
        Inspector.Inspect(data).Screen(data, OnBadFile.Skip).Notes.ShouldBe(["no validation image of class 'b'"]);
    }

    [Fact]
    public void A_class_of_a_format_that_is_not_read_is_told_so()
    {
        byte[] heic = [.. "\0\0\0\u0018ftypheic"u8, .. new byte[32]];
        _tree.Images("a", 3).Bytes("b/1.heic", heic).Bytes("b/2.HEIC", heic).Bytes("b/deep/3.heic", heic).Bytes("b/notes.txt", [65]);
        Fails().ShouldStartWith($"Class 'b' of '{_tree.Root}' (train) holds no image, but 3 HEIC files: HEIC is not a format that is read; "
            + "convert it to JPEG or PNG");
        _tree.Folder("c");
        Fails().ShouldStartWith($"Classes 'b', 'c' of '{_tree.Root}' (train) hold no image; 'b' none, but 3 HEIC files: ");
        _tree.Image("c/.1.bmp");
        Fails().ShouldEndWith("; 'c' none, but 'c/.1.bmp': the name begins with a dot, so it counts as hidden.");
    }

    [Fact]
    public void A_class_of_one_image_cannot_be_split()
    {
        _tree.Images("a", 3).Images("b", 1);
        Fails().ShouldContain("Class 'b'");
        ImageFolder.Open(_tree.Root, new FolderOptions { ValFraction = 0 }).Splits["train"].Count.ShouldBe(4);
    }

    [Fact]
    public void Classes_that_differ_between_splits_are_named()
    {
        _tree.Images("train/a", 1).Images("train/b", 1).Images("train/x", 1).Images("val/a", 1).Images("val/b", 1).Images("val/y", 1);
        Fails().ShouldBe($"The classes of 'train' and 'val' in '{_tree.Root}' differ: only 'val' has 'y'; only 'train' has 'x'.");
    }

    [Fact]
    public void Two_folders_for_one_split_are_refused()
    {
        _tree.Images("val/a", 1).Images("valid/a", 1);
        Fails().ShouldContain("holds both 'val' and 'valid'");
    }

    [Fact]
    public void A_flat_validation_folder_is_refused()
    {
        _tree.Images("train/a", 2).Images("train/b", 2).Images("val", 2);
        Fails().ShouldContain("holds no class folders");
    }

    [Fact]
    public void Links_to_folders_and_files_elsewhere_are_followed()
    {
        using var elsewhere = new ImageTree();
        elsewhere.Images("many", 3).Image("one.bmp");
        _tree.Images("a", 2).Image("c/own.bmp");
        Directory.CreateSymbolicLink(_tree.PathOf("b"), elsewhere.PathOf("many"));
        Directory.CreateSymbolicLink(_tree.PathOf("c/more"), elsewhere.PathOf("many"));
        File.CreateSymbolicLink(_tree.PathOf("c/1.bmp"), elsewhere.PathOf("one.bmp"));
        // the folder counts once, in the class that comes first
        ImageFolder.Open(_tree.Root).Split("all").CountBy(s => s.Label).OrderBy(p => p.Key).Select(p => p.Value).ShouldBe([2, 3, 2]);
    }

    [Fact]
    public void A_folder_around_the_dataset_is_answered_with_the_dataset()
    {
        _tree.Images("outer/train/a", 2).Images("outer/train/b", 2);
        Fails().ShouldBe($"'{_tree.Root}' holds one class only ('outer'); at least two are needed (is '{_tree.PathOf("outer")}' meant?).");
    }

    [Fact]
    public void Folders_around_the_classes_are_answered_with_the_innermost()
    {
        _tree.Images("outer/photos/a", 2).Images("outer/photos/b", 2).Image("outer/.cache/x.bmp");
        Fails().ShouldEndWith($"(is '{_tree.PathOf("outer/photos")}' meant?).");
    }

    [Fact]
    public void An_unknown_split_names_the_nearest()
    {
        _tree.Images("test/a", 2).Images("test/b", 2);
        Should.Throw<FineTuneException>(() => ImageFolder.Open(_tree.Root).Split("tset")).Message.ShouldContain("did you mean 'test'");
    }

    private string Fails(FolderOptions? options = null)
    {
        var message = Should.Throw<FineTuneException>(() => ImageFolder.Open(_tree.Root, options)).Message;
        message.ShouldEndWith(".");
        return message;
    }
}
