namespace FineTune.Data;

/// <summary>
/// An epoch in which the classes come equally often. Of n samples in k classes each class has n / k, rounded down or up, and a class's
/// samples all come before one comes again. That is the expectation of independent draws with weights 1 / n_c (PyTorch's
/// WeightedRandomSampler) without their scatter.
/// </summary>
internal static class BalancedOrder
{
    /// <summary>Positions in <paramref name="samples"/>, as many as there are samples, in random order.</summary>
    /// <param name="samples">Labelled, at least one; only classes that have one are drawn.</param>
    /// <param name="random">Decides everything.</param>
    public static int[] Draw(IReadOnlyList<Sample> samples, RandomStream random)
    {
        int[][] classes =
            [.. Enumerable.Range(0, samples.Count).GroupBy(i => samples[i].Label).OrderBy(c => c.Key).Select(c => c.ToArray())];
        random.Shuffle(classes.AsSpan()); // where n is no multiple of k, chance decides who has one more
        var order = new int[samples.Count];
        var at = 0;
        for (var c = 0; c < classes.Length; c++)
        {
            var end = (int)((long)(c + 1) * samples.Count / classes.Length);
            while (at < end)
            {
                random.Shuffle(classes[c].AsSpan());
                var count = Math.Min(classes[c].Length, end - at);
                classes[c].AsSpan(0, count).CopyTo(order.AsSpan(at));
                at += count;
            }
        }

        random.Shuffle(order.AsSpan());
        return order;
    }
}
