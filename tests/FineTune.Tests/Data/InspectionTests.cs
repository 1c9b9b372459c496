using System.Collections.Concurrent;
using System.Text.Json;
using FineTune.Data;

namespace FineTune.Tests.Data;

public sealed class InspectionTests : IDisposable
{
    private readonly ImageTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Inspection_says_what_is_there()
    {
        Dirty();
        var (data, found) = Inspect();
        found.Counts["train"].ShouldBe(new Dictionary<string, int> { ["a"] = 3, ["b"] = 2 });
        found.Counts["val"].ShouldBe(new Dictionary<string, int> { ["a"] = 1, ["b"] = 1 });
        found.Formats.ShouldBe(new Dictionary<string, int> { ["BMP"] = 7 });
        found.Widths.ShouldBe(new SizeRange(8, 8, 30));
        found.Heights.ShouldBe(new SizeRange(6, 6, 20));
        found.FileSizes!.Min.ShouldBe(54 + (24 * 6));
        found.Unreadable.Select(f => f.Path).ShouldBe(["train/a/broken.jpg", "train/b/empty.JPG"]);
        found.Unreadable[1].Reason.ShouldContain("empty");
        found.LeftOut.Select(f => f.Path).ShouldBe(["train/a/heic in disguise.jpg", "train/a/stray.gif"]);
        data.Split("all").Count.ShouldBe(found.Files.Count);
    }

    [Fact]
    public void Duplicates_across_splits_are_named_first()
    {
        _tree.Image("train/a/1.bmp", 1).Image("train/a/2.bmp", 1).Image("train/b/1.bmp", 2).Image("val/a/9.bmp", 3).Image("val/b/x.bmp", 2);
        var found = Inspect().Found.Duplicates;
        found.Select(d => string.Join(' ', d.Paths)).ShouldBe(["train/b/1.bmp val/b/x.bmp", "train/a/1.bmp train/a/2.bmp"]);
        found.Select(d => (d.AcrossSplits, d.AcrossClasses)).ShouldBe([(true, false), (false, false)]);
    }

    [Fact]
    public void Manifest_hash_names_the_content()
    {
        _tree.Images("train/a", 2).Images("train/b", 2, 5).Images("val/a", 1, 8).Images("val/b", 1, 9);
        var before = Inspect().Found.ManifestHash;
        Inspect().Found.ManifestHash.ShouldBe(before);
        File.Move(_tree.PathOf("val/a/000.bmp"), _tree.PathOf("val/a/001.bmp"));
        Inspect().Found.ManifestHash.ShouldNotBe(before);
        File.Move(_tree.PathOf("val/a/001.bmp"), _tree.PathOf("val/a/000.bmp"));
        Inspect().Found.ManifestHash.ShouldBe(before);
        _tree.Image("val/a/000.bmp", 77);
        Inspect().Found.ManifestHash.ShouldNotBe(before);
    }

    [Fact]
    public void Fail_names_the_files_and_the_way_out()
    {
        Dirty();
        var (data, found) = Inspect();
        var message = Should.Throw<FineTuneException>(() => found.Screen(data, OnBadFile.Fail)).Message;
        message.ShouldStartWith($"2 of 10 images in '{_tree.Root}' cannot be read: 'train/a/broken.jpg' (");
        message.ShouldEndWith("or leave them out with --on-bad-file skip.");
        _tree.Bytes("train/a/x1.png", [1]).Bytes("train/a/x2.png", [1]);
        (data, found) = Inspect();
        Should.Throw<FineTuneException>(() => found.Screen(data, OnBadFile.Fail)).Message.ShouldContain(" and 1 more; ");
    }

    [Fact]
    public void A_file_longer_than_any_that_is_read_is_refused_without_reading_it()
    {
        _tree.Images("train/a", 2).Images("train/b", 2, 5).Bytes("train/a/sparse.png", []);
        using (var file = File.OpenHandle(_tree.PathOf("train/a/sparse.png"), access: FileAccess.Write))
            RandomAccess.SetLength(file, Array.MaxLength + 1L);
        var found = Inspect().Found.Files.Single(f => f.Path.EndsWith("sparse.png", StringComparison.Ordinal));
        found.Sha256.ShouldBeEmpty();
        found.Problem!.ShouldContain("bytes; at most");
    }

    [Fact]
    public void All_that_stands_in_the_way_is_said_at_once()
    {
        _tree.Images("train/a", 2).Image("train/b/copy.bmp").Image("train/b/2.bmp", 9).Bytes("train/b/3.jpg", [])
            .Images("val/a", 1, 20).Images("val/b", 1, 30);
        var (data, found) = Inspect();
        string Refused(OnBadFile policy, bool allowDuplicates) =>
            Should.Throw<FineTuneException>(() => found.Screen(data, policy, allowDuplicates)).Message;

        var (unreadable, copies) = (Refused(OnBadFile.Fail, true), Refused(OnBadFile.Skip, false));

        unreadable.ShouldEndWith("repair or remove it, or leave it out with --on-bad-file skip.");
        copies.ShouldStartWith($"1 image of '{_tree.Root}' is in several classes: ");
        copies.ShouldEndWith("Remove the copies, or go on all the same with --allow-duplicates.");
        Refused(OnBadFile.Fail, false).ShouldBe($"{unreadable} Also, {copies}");
        found.Screen(data, OnBadFile.Skip).Split("train").Count.ShouldBe(4);
    }

    [Fact]
    public void Skip_leaves_bad_files_out_and_puts_none_in_their_place()
    {
        Dirty();
        var (data, found) = Inspect();
        var clean = found.Screen(data, OnBadFile.Skip);
        clean.Split("all")
            .ShouldBe(data.Split("all").Where(s => !Path.GetFileName(s.Path).EndsWith(".jpg", StringComparison.OrdinalIgnoreCase)));
        clean.LeftOut.Select(f => f.Path)
            .ShouldBe(["train/a/broken.jpg", "train/a/heic in disguise.jpg", "train/a/stray.gif", "train/b/empty.JPG"]);
    }

    [Fact]
    public void A_format_that_is_not_read_is_left_out_under_either_policy()
    {
        Dirty();
        File.Delete(_tree.PathOf("train/a/broken.jpg"));
        File.Delete(_tree.PathOf("train/b/empty.JPG"));
        var (data, found) = Inspect();
        found.Screen(data, OnBadFile.Fail).Split("all").Count.ShouldBe(7);
    }

    [Fact]
    public void A_class_emptied_by_skipping_is_named()
    {
        _tree.Images("train/a", 2).Bytes("train/b/1.jpg", []).Images("val/a", 1).Images("val/b", 1);
        var (data, found) = Inspect();
        found.Counts["train"]["b"].ShouldBe(0);
        Should.Throw<FineTuneException>(() => found.Screen(data, OnBadFile.Skip))
            .Message.ShouldBe($"Class 'b' has no readable image in split 'train' of '{_tree.Root}'.");
    }

    [Fact]
    public void A_split_is_drawn_from_what_can_be_read()
    {
        _tree.Images("a", 4).Bytes("a/cut.jpg", []).Images("b", 5, 50);
        for (var seed = 0; seed < 30; seed++)
        {
            var data = ImageFolder.Open(_tree.Root, new FolderOptions { Seed = seed });
            var screened = Inspector.Inspect(data).Screen(data, OnBadFile.Skip);
            screened.Split(SplitName.Validation).Select(s => s.Label).Distinct().ShouldBe([0, 1], $"seed {seed}");
            screened.Split(SplitName.Train).Select(s => s.Label).Distinct().ShouldBe([0, 1], $"seed {seed}");
        }

        foreach (var image in Directory.GetFiles(_tree.PathOf("a"), "*.bmp").Skip(1))
            File.Delete(image);
        var few = ImageFolder.Open(_tree.Root);
        Should.Throw<FineTuneException>(() => Inspector.Inspect(few).Screen(few, OnBadFile.Skip)).Message
            .ShouldStartWith($"Class 'a' of '{_tree.Root}' has fewer than two different images that can be read");
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public void A_truncated_jpeg_is_found_by_decoding(double part)
    {
        var photo = File.ReadAllBytes(Repo.Goldens("Augment/photo.jpg"));
        _tree.Bytes("test/a/whole.jpeg", photo).Bytes("test/b/part.jpeg", photo[..(int)(photo.Length * part)]);
        Inspect().Found.Unreadable.Select(f => f.Path).ShouldBe(["test/b/part.jpeg"]);
    }

    [Fact]
    public void Progress_counts_every_file_once()
    {
        Dirty();
        var told = new ConcurrentBag<InspectProgress>();
        var data = ImageFolder.Open(_tree.Root);
        Inspector.Inspect(data, new InspectOptions { Workers = 3 }, new Listener(told.Add));
        told.Select(p => p.Done).Order().ShouldBe(Enumerable.Range(1, 10));
        told.ShouldAllBe(p => p.Total == 10);
        told.Max(p => p.Bad).ShouldBe(3);
    }

    [Fact]
    public void Inspection_fills_the_loaders_cache()
    {
        _tree.Images("test/a", 3).Images("test/b", 3);
        var cache = new DecodedCache();
        Inspector.Inspect(ImageFolder.Open(_tree.Root), new InspectOptions { Cache = cache });
        cache.Count.ShouldBe(6);
        cache.Load(_tree.PathOf("test/a/001.bmp")).ShouldBeSameAs(cache.Load(_tree.PathOf("test/a/001.bmp")));
    }

    [Fact]
    public void Inspection_serialises_as_it_stands()
    {
        Dirty();
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(Inspect().Found));
        json.RootElement.GetProperty("Counts").GetProperty("train").GetProperty("a").GetInt32().ShouldBe(3);
        json.RootElement.GetProperty("Unreadable").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public void Inspection_ends_when_cancelled()
    {
        _tree.Images("test/a", 3).Images("test/b", 3);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Should.Throw<OperationCanceledException>(() => Inspector.Inspect(ImageFolder.Open(_tree.Root), null, null, source.Token));
    }

    /// <summary>7 readable images in 10 candidates: two damaged, one HEIC under another name; and a GIF beside them.</summary>
    private void Dirty()
    {
        var gif = File.ReadAllBytes(Repo.Goldens("Augment/stray.gif"));
        byte[] heic = [.. "\0\0\0\u0018ftypheic"u8, .. new byte[32]];
        _tree.Image("train/a/with a space.bmp", 1).Image("train/a/UPPER.BMP", 2).Image("train/a/3.bmp", 3, 30, 20)
            .Bytes("train/a/broken.jpg", "<html>not found</html>"u8.ToArray()).Bytes("train/a/stray.gif", gif)
            .Bytes("train/a/heic in disguise.jpg", heic)
            .Images("train/b", 2, 10).Bytes("train/b/empty.JPG", [])
            .Images("val/a", 1, 20).Images("val/b", 1, 30);
    }

    private (Dataset Data, Inspection Found) Inspect()
    {
        var data = ImageFolder.Open(_tree.Root);
        return (data, Inspector.Inspect(data));
    }

    private sealed class Listener(Action<InspectProgress> tell) : IProgress<InspectProgress>
    {
        public void Report(InspectProgress value) => tell(value);
    }
}
