using System.Runtime.InteropServices;
using FineTune.Data;
using FineTune.Images;
using FineTune.Tests.Augment;

namespace FineTune.Tests.Data;

public sealed class LoaderTests : IDisposable
{
    private const int Count = 23;

    private readonly ImageTree _tree = new();
    private readonly Sample[] _samples;

    public LoaderTests()
    {
        _tree.Images("a", Count);
        _samples = [.. Enumerable.Range(0, Count).Select(i => new Sample(_tree.PathOf($"a/{i:000}.bmp"), i % 3))];
    }

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Pixels_equal_torchvisions_to_the_bit()
    {
        var levels = AugmentGoldens.Image("levels");
        _tree.Bytes("levels.bmp", ImageTree.Bmp(levels));
        var loader = new Loader([new Sample(_tree.PathOf("levels.bmp"), 7)], new LoaderOptions(), AsItIs);
        using var batch = loader.Epoch(0).Single();
        (batch.Count, batch.Height, batch.Width).ShouldBe((1, 16, 16));
        batch.Labels.ToArray().ShouldBe([7L]);
        batch.Pixels.ToArray().ShouldBe(MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Repo.Goldens("Augment/normal.bin"))).ToArray());
    }

    [Theory]
    [InlineData(2, 4, true)]
    [InlineData(5, 1, true)]
    [InlineData(5, 4, false)]
    [InlineData(40, 2, true)]
    public void Same_seed_same_bits_whatever_threads_and_cache(int workers, int prefetch, bool cached)
    {
        var options = new LoaderOptions { BatchSize = 4, Shuffle = true, Seed = 9, Workers = 1, CacheBytes = 0 };
        var reference = new Loader(_samples, options, Shifted);
        var other = new Loader(
            _samples, options with { Workers = workers, Prefetch = prefetch, CacheBytes = cached ? 1 << 20 : 0 }, Shifted);
        foreach (var epoch in new[] { 0L, 1L, 0L })
            Read(other.Epoch(epoch)).ShouldBe(Read(reference.Epoch(epoch)));
        Read(reference.Epoch(0)).ShouldNotBe(Read(reference.Epoch(1)));
    }

    [Fact]
    public void A_cache_too_small_for_all_changes_no_bit()
    {
        var cache = new DecodedCache(5 * 3 * 8 * 6);
        var options = new LoaderOptions { BatchSize = 4, Shuffle = true, Workers = 3 };
        var small = new Loader(_samples, options, Shifted, cache);
        var reference = Read(new Loader(_samples, options with { CacheBytes = 0 }, Shifted).Epoch(2));
        Read(small.Epoch(2)).ShouldBe(reference);
        Read(small.Epoch(2)).ShouldBe(reference);
        cache.Count.ShouldBe(5);
        cache.Bytes.ShouldBe(5 * 3 * 8 * 6);
    }

    [Fact]
    public void A_changed_file_is_decoded_anew()
    {
        var cache = new DecodedCache();
        var before = cache.Load(_samples[0].Path);
        cache.Load(_samples[0].Path).ShouldBeSameAs(before);
        _tree.Image("a/000.bmp", 500, 9, 9);
        cache.Load(_samples[0].Path).Width.ShouldBe(9);
        cache.Bytes.ShouldBe(3 * 9 * 9);
    }

    [Fact]
    public void Views_that_are_kept_are_made_once_and_anew_of_a_changed_file()
    {
        var made = 0;
        RgbImage View(RgbImage image, ref RandomStream random)
        {
            Interlocked.Increment(ref made);
            return image;
        }

        float[] Pixels(Loader loader) => [.. loader.Epoch(made).SelectMany(b => b.Pixels.ToArray())];
        var loader = new Loader(_samples, new LoaderOptions { ViewBytes = 1 << 20 }, View);
        var first = Pixels(loader);
        Pixels(loader).ShouldBe(first);
        made.ShouldBe(Count);
        _tree.Image("a/000.bmp", 500, 8, 6);
        File.SetLastWriteTimeUtc(_tree.PathOf("a/000.bmp"), DateTime.UtcNow.AddHours(1));
        Pixels(loader).ShouldNotBe(first);
        made.ShouldBe(Count + 1);

        made = 0;
        var few = new Loader(_samples, new LoaderOptions { ViewBytes = 3 * 3 * 8 * 6, Workers = 1 }, View); // room for three
        Pixels(few);
        Pixels(few);
        made.ShouldBe((2 * Count) - 3);
    }

    [Fact]
    public void Every_sample_comes_once_in_an_order_of_the_epoch()
    {
        var loader = new Loader(_samples, new LoaderOptions { BatchSize = 5, Shuffle = true }, AsItIs);
        var orders = Enumerable.Range(0, 3).Select(e => loader.Epoch(e).SelectMany(b => b.Indices).ToArray()).ToArray();
        orders.ShouldAllBe(o => o.Order().SequenceEqual(Enumerable.Range(0, Count)));
        orders.Select(o => string.Join(',', o)).Distinct().Count().ShouldBe(3);
        new Loader(_samples, new LoaderOptions { BatchSize = 5 }, AsItIs).Epoch(1).SelectMany(b => b.Indices)
            .ShouldBe(Enumerable.Range(0, Count));
    }

    [Fact]
    public void Labels_and_files_stand_at_their_pixels()
    {
        foreach (var batch in new Loader(
            _samples, new LoaderOptions { BatchSize = 6, Shuffle = true, Workers = 3, Mean = [0, 0, 0], Std = [1, 1, 1] }, AsItIs).Epoch(0))
        {
            for (var i = 0; i < batch.Count; i++)
            {
                var expected = ImageTree.Picture(batch.Indices[i], 8, 6).Pixels;
                batch.Pixels.Span[i * 3 * 48].ShouldBe(expected[0] / 255f);
                batch.Labels.Span[i].ShouldBe(batch.Indices[i] % 3);
                batch.Sample(i).ShouldBe(_samples[batch.Indices[i]]);
            }

            batch.Dispose();
        }
    }

    [Fact]
    public void Each_sample_in_each_epoch_has_a_stream_of_its_own()
    {
        var numbers = new System.Collections.Concurrent.ConcurrentBag<ulong>();
        RgbImage Noted(RgbImage image, ref RandomStream random)
        {
            numbers.Add(random.NextUInt64());
            return image;
        }

        foreach (var seed in new[] { 1, 2 })
        {
            var loader = new Loader(_samples, new LoaderOptions { Seed = seed }, Noted);
            Read(loader.Epoch(0));
            Read(loader.Epoch(1));
        }

        numbers.Distinct().Count().ShouldBe(4 * Count);
    }

    [Theory]
    [InlineData(false, 6)]
    [InlineData(true, 5)]
    public void The_last_batch_is_kept_or_dropped(bool drop, int batches)
    {
        var loader = new Loader(_samples, new LoaderOptions { BatchSize = 4, DropLast = drop }, AsItIs);
        loader.BatchesPerEpoch.ShouldBe(batches);
        var counts = loader.Epoch(0).Select(b => b.Count).ToArray();
        counts.Length.ShouldBe(batches);
        counts[^1].ShouldBe(drop ? 4 : 3);
    }

    [Theory]
    [InlineData(11, new[] { 11, 12 })] // 23 = 2 * 11 + 1
    [InlineData(22, new[] { 23 })]
    [InlineData(10, new[] { 10, 10, 3 })]
    [InlineData(23, new[] { 23 })]
    [InlineData(40, new[] { 23 })]
    public void A_last_batch_of_one_image_joins_the_one_before_it(int size, int[] counts)
    {
        foreach (var sampling in Enum.GetValues<Sampling>())
        {
            var options = new LoaderOptions { BatchSize = size, Shuffle = true, JoinSingle = true, Sampling = sampling };
            var loader = new Loader(_samples, options, AsItIs);

            loader.BatchesPerEpoch.ShouldBe(counts.Length);
            loader.Plan(1).Select(b => b.Length).ShouldBe(counts);
            var apart = new Loader(_samples, options with { JoinSingle = false }, AsItIs).Plan(1).SelectMany(b => b);
            loader.Plan(1).SelectMany(b => b).ShouldBe(apart); // the same images in the same order
            loader.Epoch(1, counts.Length - 1).ShouldHaveSingleItem().Count.ShouldBe(counts[^1]);
        }
    }

    [Fact]
    public void Batches_of_one_image_and_a_dropped_last_batch_join_nothing()
    {
        new Loader(_samples, new LoaderOptions { BatchSize = 1, JoinSingle = true }, AsItIs).BatchesPerEpoch.ShouldBe(Count);
        var dropping = new Loader(_samples, new LoaderOptions { BatchSize = 11, DropLast = true, JoinSingle = true }, AsItIs);
        dropping.Plan(0).Select(b => b.Length).ShouldBe([11, 11]);
    }

    [Fact]
    public void An_epoch_started_in_the_middle_is_the_tail_of_the_whole_and_decodes_no_more()
    {
        var views = 0;
        RgbImage Counted(RgbImage image, ref RandomStream random)
        {
            Interlocked.Increment(ref views);
            return Shifted(image, ref random);
        }

        var loader = new Loader(_samples, new LoaderOptions { BatchSize = 4, Shuffle = true, Seed = 5 }, Counted);
        var whole = Read(loader.Epoch(3));
        views = 0;
        Read(loader.Epoch(3, 4)).ShouldBe(whole[4..]);
        views.ShouldBe(Count - 16);
        loader.Epoch(3, 6).ShouldBeEmpty();
        Should.Throw<ArgumentOutOfRangeException>(() => loader.Epoch(3, 7));
    }

    [Fact]
    public void Rows_of_each_batch_have_the_bits_that_they_have_in_the_whole()
    {
        var loader = new Loader(_samples, new LoaderOptions { BatchSize = 6, Shuffle = true, Sampling = Sampling.Balanced }, Shifted);
        var whole = loader.Epoch(1).ToList();
        var part = loader.Epoch(1, rows: images => (images / 2)..images).ToList();
        foreach (var (all, some) in whole.Zip(part))
        {
            var skipped = all.Count - some.Count;
            skipped.ShouldBe(all.Count / 2);
            some.Indices.ShouldBe(all.Indices.Skip(skipped));
            some.Pixels.ToArray().ShouldBe(all.Pixels.Slice(skipped * (all.Pixels.Length / all.Count)).ToArray());
        }

        foreach (var batch in whole.Concat(part))
            batch.Dispose();
    }

    [Fact]
    public void Leaving_early_leaves_no_thread_running()
    {
        var threads = new HashSet<Thread>();
        RgbImage Noted(RgbImage image, ref RandomStream random)
        {
            lock (threads)
                threads.Add(Thread.CurrentThread);
            return image;
        }

        foreach (var batch in new Loader(_samples, new LoaderOptions { BatchSize = 2, Workers = 4, Prefetch = 3 }, Noted).Epoch(0))
        {
            batch.Dispose();
            break;
        }

        threads.ShouldNotBeEmpty();
        threads.ShouldNotContain(Thread.CurrentThread);
        threads.ShouldAllBe(t => !t.IsAlive);
    }

    [Fact]
    public void Threads_stay_within_the_window()
    {
        var views = 0;
        RgbImage Counted(RgbImage image, ref RandomStream random)
        {
            Interlocked.Increment(ref views);
            return image;
        }

        using var batches = new Loader(_samples, new LoaderOptions { BatchSize = 2, Workers = 4, Prefetch = 3 }, Counted)
            .Epoch(0).GetEnumerator();
        batches.MoveNext().ShouldBeTrue();
        SpinWait.SpinUntil(() => Volatile.Read(ref views) >= 8, 5000).ShouldBeTrue();
        Thread.Sleep(100);
        views.ShouldBe(8); // the batch in hand, and three ahead
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_first_failure_reaches_the_consumer_as_itself(int workers)
    {
        File.WriteAllBytes(_samples[5].Path, []);
        File.WriteAllBytes(_samples[7].Path, []);
        var taken = 0;
        var failure = Should.Throw<ImageException>(() =>
        {
            foreach (var batch in new Loader(_samples, new LoaderOptions { BatchSize = 4, Workers = workers }, AsItIs).Epoch(0))
            {
                taken++;
                batch.Dispose();
            }
        });
        failure.Path.ShouldBe(_samples[5].Path);
        taken.ShouldBe(1);
    }

    [Fact]
    public void Views_of_different_sizes_are_named()
    {
        _tree.Image("a/006.bmp", 1, 5, 4);
        var loader = new Loader(_samples, new LoaderOptions { BatchSize = 4, Workers = 4 }, AsItIs);
        Should.Throw<FineTuneException>(() => loader.Epoch(0).Count()).Message.ShouldBe(
            $"Images of one batch must have one size, but '{_samples[4].Path}' is 8 x 6 and '{_samples[6].Path}' is 5 x 4 pixels; "
            + "resize or crop them.");
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Refused(new LoaderOptions { BatchSize = 0 }).ShouldContain("The batch size is 0");
        Refused(new LoaderOptions { Workers = 0 }).ShouldContain("threads is 0");
        Refused(new LoaderOptions { Prefetch = 0 }).ShouldContain("ready is 0");
        Refused(new LoaderOptions { CacheBytes = -1 }).ShouldContain("-1 bytes");
        Refused(new LoaderOptions { Std = [1, 0, 1] }).ShouldContain("(1, 0, 1)");
        Refused(new LoaderOptions { BatchSize = 24, DropLast = true }).ShouldContain("no full batch of 24");
        Should.Throw<FineTuneException>(() => new Loader([], new LoaderOptions(), AsItIs)).Message.ShouldContain("no images");
    }

    [Fact]
    public void A_disposed_batch_gives_no_pixels()
    {
        var batch = new Loader(_samples, new LoaderOptions(), AsItIs).Epoch(0).First();
        batch.Dispose();
        Should.Throw<ObjectDisposedException>(() => batch.Pixels);
    }

    private string Refused(LoaderOptions options) => Should.Throw<FineTuneException>(() => new Loader(_samples, options, AsItIs)).Message;

    private static List<string> Read(IEnumerable<Batch> epoch)
    {
        var batches = new List<string>();
        foreach (var batch in epoch)
        {
            var bits = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(MemoryMarshal.AsBytes(batch.Pixels.Span)));
            batches.Add(
                $"{string.Join(',', batch.Indices)} {string.Join(',', batch.Labels.ToArray())} {batch.Height}x{batch.Width} {bits}");
            batch.Dispose();
        }

        return batches;
    }

    internal static RgbImage AsItIs(RgbImage image, ref RandomStream random) => image;

    /// <summary>A view that depends on the stream: every byte moved by one random number.</summary>
    private static RgbImage Shifted(RgbImage image, ref RandomStream random)
    {
        var shift = random.NextInt(256);
        return new RgbImage(image.Width, image.Height, Array.ConvertAll(image.Pixels, p => (byte)(p + shift)));
    }
}
