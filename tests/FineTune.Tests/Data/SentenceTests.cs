using FineTune.Data;

namespace FineTune.Tests.Data;

/// <summary>Sentences about many things name the first few and count the others; those of one thing are in the singular.</summary>
public sealed class SentenceTests : IDisposable
{
    private readonly ImageTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData(10, "")]
    [InlineData(11, " and 1 more")]
    [InlineData(13, " and 3 more")]
    public void Ten_classes_are_named(int count, string more)
    {
        string[] classes = [.. Enumerable.Range(0, count + 1).Select(k => FormattableString.Invariant($"c{k:00}"))];
        var names = string.Join(", ", classes.Skip(1).Take(10).Select(c => $"'{c}'"));
        ClassNotes.Of("val", classes, [0]).ShouldBe([$"no validation image of classes {names}{more}"]);
        ClassNotes.Of("test", ["a", "b"], [0]).ShouldBe(["no test image of class 'b'"]);

        string[] twice = [.. classes.Skip(1).SelectMany(c => new[] { c, c.ToUpperInvariant() })];
        var pairs = string.Join(", ", classes.Skip(1).Take(10).Select(c => $"'{c}' and '{c.ToUpperInvariant()}'"));
        ClassNotes.Alike(twice).ShouldBe([$"classes {pairs}{more} differ only by case or white space"]);

        foreach (var name in classes.Skip(1))
            _tree.Folder(name);
        _tree.Images(classes[0], 2);
        Fails().ShouldBe($"Classes {names}{more} of '{_tree.Root}' (train) hold no image.");

        string[] known = [.. classes.Skip(1)];
        Fails(known).ShouldBe($"The class folder 'c00' of '{_tree.Root}' is none of the classes that the weights know (nearest: 'c01'): "
            + $"{string.Join(", ", known.Take(10))}{more}.");
    }

    [Fact]
    public void Only_what_differs_between_splits_is_said()
    {
        _tree.Images("train/a", 1).Images("train/b", 1).Images("val/a", 1).Images("val/b", 1).Images("val/y", 1);
        Fails().ShouldBe($"The classes of 'train' and 'val' in '{_tree.Root}' differ: only 'val' has 'y'.");
    }

    [Fact]
    public void What_lies_beside_the_splits_is_listed_with_its_reason()
    {
        _tree.Images("train/a", 3).Images("train/b", 3).Images("test", 1).Images("extra", 1).Bytes("README.md", [65]);
        ImageFolder.Open(_tree.Root).LeftOut.ShouldBe(
        [
            new LeftOutFile("README.md", "not in a class folder"),
            new LeftOutFile("extra", "a folder beside the splits that is none of them"),
            new LeftOutFile("test", "a split without class folders has no labels"),
        ]);
    }

    [Fact]
    public void A_class_of_several_formats_that_are_not_read_is_told_by_the_commonest()
    {
        byte[] heic = [.. "\0\0\0\u0018ftypheic"u8, .. new byte[32]], psd = [.. "8BPS"u8, .. new byte[32]];
        _tree.Images("a", 2).Bytes("b/1.heic", heic).Bytes("b/2.psd", psd).Bytes("b/3.psd", psd);
        Fails().ShouldStartWith($"Class 'b' of '{_tree.Root}' (train) holds no image, but 2 PSD files: PSD is not a format that is read");
        File.Delete(_tree.PathOf("b/2.psd"));
        File.Delete(_tree.PathOf("b/1.heic"));
        Fails().ShouldStartWith($"Class 'b' of '{_tree.Root}' (train) holds no image, but 1 PSD file: ");
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(3, "")]
    [InlineData(4, " and 1 more")]
    public void Three_images_are_named(int count, string more)
    {
        _tree.Images("a", 4).Images("b", 4, 50);
        for (var k = 0; k < count; k++)
            _tree.Bytes($"a/cut{k}.jpg", []);
        var (one, it) = (count == 1, count == 1 ? "it" : "them");
        var named = string.Join(", ", Enumerable.Range(0, Math.Min(3, count)).Select(k => $"'a/cut{k}.jpg' (the file is empty)"));
        Refusal(OnBadFile.Fail).ShouldBe($"{count} of {8 + count} images in '{_tree.Root}' cannot be read: {named}{more}; "
            + $"repair or remove {it}, or leave {it} out with --on-bad-file skip.");

        foreach (var file in Directory.GetFiles(_tree.PathOf("a"), "cut*"))
            File.Delete(file);
        for (var k = 0; k < count; k++)
            _tree.Image($"b/x{k}.bmp", k); // as the k-th image of a
        var pairs = string.Join(", ", Enumerable.Range(0, Math.Min(3, count)).Select(k => $"'a/{k:000}.bmp' = 'b/x{k}.bmp'"));
        var images = one ? $"1 image of '{_tree.Root}' is" : $"{count} images of '{_tree.Root}' are";
        Refusal(OnBadFile.Skip).ShouldBe($"{images} in several classes: {pairs}{more}; accuracy measured on them is misleading. "
            + "Remove the copies, or go on all the same with --allow-duplicates.");
    }

    [Fact]
    public void Copies_are_told_by_what_they_are_across()
    {
        _tree.Images("train/a", 2).Images("train/b", 2, 50).Images("val/a", 2, 100).Images("val/b", 2, 150);
        Inspect().Copies.ShouldBeNull();
        _tree.Image("train/a/x.bmp", 0).Image("train/a/y.bmp", 0).Image("train/a/z.bmp", 0);
        Inspect().Copies.ShouldBe($"1 image of '{_tree.Root}' is there more than once, in the same class: "
            + "'train/a/000.bmp' = 'train/a/x.bmp' = 'train/a/y.bmp'; each copy counts.");
        Inspect().Leaks.ShouldBeEmpty();
        _tree.Image("train/a/v.bmp", 100);
        Leaks().ShouldBe($"1 image of '{_tree.Root}' is in several splits: 'train/a/v.bmp' = 'val/a/000.bmp'");
        _tree.Image("train/b/u.bmp", 1);
        Leaks().ShouldStartWith($"2 images of '{_tree.Root}' are in several splits and classes: ");
        File.Delete(_tree.PathOf("train/a/v.bmp"));
        Leaks().ShouldBe($"1 image of '{_tree.Root}' is in several classes: 'train/a/001.bmp' = 'train/b/u.bmp'");
        Inspect().Copies.ShouldNotBeNull();
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        foreach (var fraction in new[] { -0.1, 1, double.NaN })
            Fails(new FolderOptions { ValFraction = fraction }).ShouldContain("it must be at least 0 and below 1");
        Fails(new FolderOptions { PerClass = -1 }).ShouldBe(
            "-1 training images of each class are asked for; at least 1, or 0 for all, can be.");
        Fails(new FolderOptions { Classes = [] }).ShouldBe("The list of classes stored with the weights is empty.");
        Fails(new FolderOptions { Classes = ["a", "a"] }).ShouldContain("names 'a' more than once");
        Should.Throw<FineTuneException>(() => new LoaderOptions { ViewBytes = -1 }.Validate())
            .Message.ShouldContain("the cache of views is -1");
        float[] three = [1, 1, 1];
        foreach (var (mean, std) in new (float[], float[])[]
        {
            ([0, 0], three), (three, [1, 1]), ([0, 0], [1, 1]), ([float.NaN, 0, 0], three), (three, [1, 0, 1]),
            (three, [1, 1, float.PositiveInfinity]),
        })
        {
            Should.Throw<FineTuneException>(() => new Normalizer(mean, std)).Message.ShouldContain("must be three numbers each");
        }

        var pixel = new FineTune.Images.RgbImage(1, 1, new byte[3]);
        Should.Throw<ArgumentException>(() => new Normalizer(three, three).Write(pixel, new float[4]));
    }

    [Fact]
    public void A_spread_has_the_lower_of_two_middles_and_none_of_nothing()
    {
        SizeRange.Of([]).ShouldBeNull();
        SizeRange.Of([7]).ShouldBe(new SizeRange(7, 7, 7));
        SizeRange.Of([4, 1, 3, 2]).ShouldBe(new SizeRange(1, 2, 4));
    }

    [Fact]
    public void A_batch_that_all_images_fill_is_not_dropped()
    {
        _tree.Images("a", 3);
        Sample[] samples = [.. Enumerable.Range(0, 3).Select(k => new Sample(_tree.PathOf($"a/{k:000}.bmp"), 0))];
        new LoaderOptions { BatchSize = 3, DropLast = true }.BatchesOf(3).ShouldBe(1);
        using var batch = new Loader(samples, new LoaderOptions { BatchSize = 3, DropLast = true }, LoaderTests.AsItIs).Epoch(0).Single();
        batch.Count.ShouldBe(3);
        foreach (var (size, batches) in new[] { (1, 3), (2, 1), (3, 1) }) // the third image joins the two before it
            new LoaderOptions { BatchSize = size, JoinSingle = true }.BatchesOf(3).ShouldBe(batches);
    }

    private string Fails(FolderOptions? options = null) =>
        Should.Throw<FineTuneException>(() => ImageFolder.Open(_tree.Root, options)).Message;

    private string Fails(string[] classes) => Fails(new FolderOptions { Classes = classes });

    private Inspection Inspect() => Inspector.Inspect(ImageFolder.Open(_tree.Root));

    private string Leaks() => Inspect() is var found ? found.Sentence(found.Leaks) : string.Empty;

    private string Refusal(OnBadFile policy)
    {
        var data = ImageFolder.Open(_tree.Root, new FolderOptions { ValFraction = 0 });
        return Should.Throw<FineTuneException>(() => Inspector.Inspect(data).Screen(data, policy, allowDuplicates: false)).Message;
    }
}
