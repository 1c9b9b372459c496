namespace FineTune.Evaluate.Statistics;

/// <summary>What comparisons image by image ask for.</summary>
internal static class Paired
{
    /// <summary>Refuses predictions of different images.</summary>
    /// <exception cref="ArgumentException">They are, or there are none.</exception>
    public static void Require(Predictions first, Predictions second)
    {
        if (first.Count == 0 || !first.Labels.SequenceEqual(second.Labels))
            throw new ArgumentException("Two classifiers are compared on the same images in the same order, at least one.", nameof(second));
    }
}
