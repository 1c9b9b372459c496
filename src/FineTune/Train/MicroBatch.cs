using FineTune.Transfer;

namespace FineTune.Train;

/// <summary>The parts of a batch that run through the network one after another, their gradients added up.</summary>
internal static class MicroBatch
{
    /// <summary>
    /// Where each part begins and how many images it has: equal but for the last. None has a single image, of which batch norm could make
    /// no statistics, unless a full batch is divided into single images: 9 in 4 parts are 3, 3, 3; 7 in 3 parts are 3, 4; the 3 that are
    /// left over by batches of 32 in 4 parts stay together.
    /// </summary>
    /// <param name="images">Of the batch at hand, at least 1.</param>
    /// <param name="batch">Of a full batch.</param>
    /// <param name="parts">Parts of a full batch, at least 1.</param>
    public static IEnumerable<(long At, long Count)> Parts(long images, long batch, long parts)
    {
        var size = Ceiling(images, parts);
        if (size == 1)
            size = Ceiling(Math.Max(images, batch), parts);
        for (var at = 0L; at < images;)
        {
            var left = images - at;
            var count = size > 1 && left == size + 1 ? left : Math.Min(size, left);
            yield return (at, count);
            at += count;
        }
    }

    /// <summary>The parts that a rank computes: the same number on each, but for the last ranks, which may have fewer.</summary>
    /// <param name="rank">From 0.</param>
    /// <param name="ranks">How many there are.</param>
    /// <param name="parts">Of a full batch; those of a smaller one are the first.</param>
    public static Range Of(int rank, int ranks, int parts)
    {
        var each = (int)Ceiling(parts, ranks);
        return (rank * each)..((rank + 1) * each);
    }

    /// <summary>
    /// The images of a batch that a rank computes. One that has none is given the first image: it is loaded and not used.
    /// </summary>
    /// <param name="images">Of the batch at hand.</param>
    /// <param name="batch">Of a full batch.</param>
    /// <param name="parts">Parts of a full batch.</param>
    /// <param name="mine">The rank's parts.</param>
    public static Range Rows(int images, int batch, int parts, Range mine)
    {
        var rows = Parts(images, batch, parts).Take(mine).ToArray();
        return rows.Length == 0 ? 0..1 : (int)rows[0].At..(int)(rows[^1].At + rows[^1].Count);
    }

    /// <summary>Refuses to train where a part is a single image, of which a batch norm would see one value a channel.</summary>
    /// <param name="recipe">Says the batch and its parts.</param>
    /// <param name="line">What trains.</param>
    /// <exception cref="FineTuneException">There is such a batch norm.</exception>
    public static void Refuse(Recipe recipe, FreezeLine line)
    {
        const string Larger = "choose a larger input.size";
        if (recipe.Batch == 1)
            OneValueNorms.Refuse(line, "the batch is 1", $"choose a batch of at least 2, or {Larger}");
        else if (recipe.Gradient.Accumulate >= recipe.Batch)
        {
            var why = $"gradient.accumulate divides a batch of {recipe.Batch} into single images";
            OneValueNorms.Refuse(line, why, $"lower gradient.accumulate, or {Larger}");
        }
    }

    private static long Ceiling(long a, long b) => (a + b - 1) / b;
}
