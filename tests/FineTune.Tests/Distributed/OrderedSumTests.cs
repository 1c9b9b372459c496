using FineTune.Distributed;
using static TorchSharp.torch;

namespace FineTune.Tests.Distributed;

public sealed class OrderedSumTests
{
    private const int Length = 4_200_001; // more than a piece, and no multiple of the ranks

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    public void Parts_are_added_in_the_order_of_the_ranks_to_the_last_bit(int size, int parts)
    {
        var wanted = Part(0, 0);
        for (var k = 1; k < size * parts; k++)
            wanted.add_(Part(k / parts, k % parts));
        var sums = ThreadRanks.Run(size, ranks =>
        {
            var mine = Enumerable.Range(0, parts).Select(p => Part(ranks.Rank, p)).ToArray();
            var sum = parts == 1 ? mine[0] : empty([Length]);
            OrderedSum.Sum(ranks, mine, sum);
            return sum;
        });
        foreach (var sum in sums)
            sum.data<float>().ToArray().ShouldBe(wanted.data<float>().ToArray());
        var backwards = Part(size - 1, parts - 1);
        for (var k = (size * parts) - 2; k >= 0; k--)
            backwards.add_(Part(k / parts, k % parts));
        if (size * parts > 2)
            Same(backwards, wanted).ShouldBeFalse(); // else the order would not matter
    }

    [Fact]
    public void In_bfloat16_it_differs_by_the_rounding_of_the_parts_and_of_the_sum_alone()
    {
        const double Rounding = 1.0 / 128; // bfloat16 has 8 bits: 1 / 256 for a part, and again for the sum
        var (a, b) = (Part(0, 0), Part(1, 0));
        var sums = ThreadRanks.Run(2, ranks =>
        {
            var mine = Part(ranks.Rank, 0);
            OrderedSum.Sum(ranks, [mine], mine, ScalarType.BFloat16);
            return mine;
        });
        Same(sums[0], sums[1]).ShouldBeTrue();
        Same(sums[0], Rounded(Rounded(a) + Rounded(b))).ShouldBeTrue();
        var off = (sums[0] - (a + b)).abs().div(a.abs() + b.abs()).max().item<float>();
        off.ShouldBeInRange(float.Epsilon, (float)Rounding);
    }

    [Theory]
    [InlineData(2, 320, 32)]
    [InlineData(3, 100, 16)]
    [InlineData(4, 70, 16)]
    public void A_list_is_divided_in_whole_batches_and_put_together_again(int size, int count, int batch)
    {
        var rows = arange(count * 3, ScalarType.Float32).view(count, 3);
        var all = ThreadRanks.Run(size, ranks =>
        {
            var shares = new Shares(ranks, count, batch);
            var items = shares.Items;
            (items.Start.Value % batch).ShouldBe(0);
            shares.Batches.Start.Value.ShouldBe(items.Start.Value / batch);
            shares.IsWorthIt.ShouldBeTrue();
            return shares.Gather(rows.narrow(0, items.Start.Value, items.End.Value - items.Start.Value).contiguous());
        });
        foreach (var gathered in all)
            Same(gathered, rows).ShouldBeTrue();
    }

    [Fact]
    public void Fewer_batches_than_ranks_are_not_divided() =>
        ThreadRanks.Run(3, ranks => new Shares(ranks, 64, 32).IsWorthIt).ShouldBe([false, false, false]);

    private static bool Same(Tensor a, Tensor b) => a.bytes.SequenceEqual(b.bytes);

    private static Tensor Rounded(Tensor x) => x.to(ScalarType.BFloat16).to(ScalarType.Float32);

    private static Tensor Part(int rank, int part)
    {
        using var generator = new Generator((ulong)((10 * rank) + part + 1));
        return randn([Length], generator: generator);
    }
}
