using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FineTune.Data;
using FineTune.Images;

namespace FineTune.Tests.Data;

public sealed class BalancedSamplingTests : IDisposable
{
    private const int Count = 23;

    private static readonly int[] PerClass = [15, 6, 2];

    private readonly ImageTree _tree = new();
    private readonly Sample[] _samples;

    public BalancedSamplingTests()
    {
        _tree.Images("a", Count);
        var labels = PerClass.SelectMany((n, c) => Enumerable.Repeat(c, n)).ToArray();
        _samples = [.. labels.Select((label, i) => new Sample(_tree.PathOf($"a/{i:000}.bmp"), label))];
    }

    [Fact]
    public void Every_epoch_has_as_many_images_as_there_are_and_its_classes_equally_often()
    {
        var extra = new HashSet<int>();
        for (var epoch = 0; epoch < 30; epoch++)
        {
            var order = Order(seed: 4, epoch);
            order.Length.ShouldBe(Count);
            var drawn = Enumerable.Range(0, 3).Select(c => order.Count(i => _samples[i].Label == c)).ToArray();
            drawn.ShouldAllBe(n => n == 7 || n == 8);
            extra.UnionWith(Enumerable.Range(0, 3).Where(c => drawn[c] == 8));
            for (var c = 0; c < 3; c++)
            {
                // A class's images come equally often too: none again before all came.
                var times = Enumerable.Range(0, Count).Where(i => _samples[i].Label == c).Select(i => order.Count(o => o == i)).ToArray();
                (times.Max() - times.Min()).ShouldBeLessThanOrEqualTo(1);
            }
        }

        extra.Count.ShouldBe(3);
    }

    [Fact]
    public void An_order_is_a_function_of_seed_and_epoch()
    {
        Order(4, 2).ShouldBe(Order(4, 2));
        Order(4, 2).ShouldNotBe(Order(4, 3));
        Order(4, 2).ShouldNotBe(Order(5, 2));
        Enumerable.Range(0, 30).SelectMany(e => Order(4, e)).Distinct().Count().ShouldBe(Count); // over epochs every image is seen
        Order(4, 2).Select(i => _samples[i].Label).ShouldNotBe(Order(4, 2).Select(i => _samples[i].Label).Order());
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(5, 1)]
    [InlineData(16, 3)]
    public void Same_bits_whatever_the_number_of_threads(int workers, int prefetch)
    {
        foreach (var epoch in new[] { 0L, 1L })
        {
            var expected = Bits(Make(workers: 1).Epoch(epoch));
            Bits(Make(workers, prefetch).Epoch(epoch)).ShouldBe(expected);
            Bits(Make(workers, prefetch).Epoch(epoch, 3)).ShouldBe(expected[3..]); // as after a resume
        }
    }

    [Fact]
    public void An_image_that_comes_again_is_seen_anew()
    {
        var views = new List<(int Index, string Bits)>();
        foreach (var batch in Make(workers: 2).Epoch(0))
        {
            using (batch)
                views.AddRange(batch.Indices.Select((index, slot) => (index, Hash(batch, slot))));
        }

        views.Select(v => v.Index).Distinct().Count().ShouldBeLessThan(Count - 3);
        views.Distinct().Count().ShouldBe(Count);
    }

    public void Dispose() => _tree.Dispose();

    private Loader Make(int workers, int prefetch = 4) =>
        new(_samples, new LoaderOptions
        {
            BatchSize = 4,
            Shuffle = true,
            Sampling = Sampling.Balanced,
            Seed = 4,
            Workers = workers,
            Prefetch = prefetch,
        }, Noise);

    private int[] Order(long seed, long epoch) =>
        [.. new Loader(_samples, new LoaderOptions { BatchSize = 4, Sampling = Sampling.Balanced, Seed = seed }, Noise)
            .Plan(epoch).SelectMany(b => b)];

    private static RgbImage Noise(RgbImage image, ref RandomStream random)
    {
        var pixels = new byte[image.Pixels.Length];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(image.Pixels[i] + random.NextInt(256));
        return new RgbImage(image.Width, image.Height, pixels);
    }

    private static List<string> Bits(IEnumerable<Batch> epoch)
    {
        var bits = new List<string>();
        foreach (var batch in epoch)
        {
            using (batch)
                bits.Add($"{string.Join(',', batch.Indices)}: {string.Join(',', batch.Indices.Select((_, slot) => Hash(batch, slot)))}");
        }

        return bits;
    }

    private static string Hash(Batch batch, int slot)
    {
        var length = batch.Pixels.Length / batch.Count;
        return Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(batch.Pixels.Span.Slice(slot * length, length))));
    }
}
