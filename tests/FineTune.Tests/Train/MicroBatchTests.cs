using FineTune.Train;

namespace FineTune.Tests.Train;

public sealed class MicroBatchTests
{
    [Theory]
    [InlineData(32, 32, 1, new long[] { 32 })]
    [InlineData(32, 32, 3, new long[] { 11, 11, 10 })]
    [InlineData(9, 9, 4, new long[] { 3, 3, 3 })]
    [InlineData(7, 7, 3, new long[] { 3, 4 })] // and not 3, 3, 1
    [InlineData(33, 32, 32, new long[] { 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3 })] // the last of 33 images joined the batch
    [InlineData(3, 32, 4, new long[] { 3 })] // what is left over by batches of 32 in parts of 8
    [InlineData(4, 4, 4, new long[] { 1, 1, 1, 1 })] // as asked for
    [InlineData(1, 32, 4, new long[] { 1 })]
    public void A_part_of_one_image_is_avoided(long images, long batch, long parts, long[] counts)
    {
        var found = MicroBatch.Parts(images, batch, parts).ToArray();

        found.Select(p => p.Count).ShouldBe(counts);
        found.Select(p => p.At).ShouldBe(found.Select((_, k) => found.Take(k).Sum(p => p.Count)));
    }

    [Fact]
    public void Parts_that_had_more_than_one_image_are_those_of_a_plain_division()
    {
        foreach (var images in Enumerable.Range(1, 40))
        {
            foreach (var parts in Enumerable.Range(1, images))
            {
                var size = (images + parts - 1) / parts;
                var plain = Enumerable.Range(0, images).Chunk(size).Select(c => (long)c.Length).ToArray();
                var found = MicroBatch.Parts(images, images, parts).Select(p => p.Count).ToArray();
                if (size == 1 || plain[^1] > 1)
                    found.ShouldBe(plain);
                else
                    found.ShouldAllBe(count => count > 1);
            }
        }
    }
}
