using FineTune.Data;

namespace FineTune.Train.Losses;

/// <summary>The table of losses: a new one is its formula in a file beside this one and a row here.</summary>
public static class LossTable
{
    private const string None = "none";
    private const string Balanced = "balanced";

    /// <summary>Options that every loss has.</summary>
    public static IReadOnlyList<OptionInfo> Common { get; } =
        [new("class_weights", None, "none, or balanced: images / (classes * images of the class), "
            + "so that every class has the same weight")];

    /// <summary>Every loss.</summary>
    public static IReadOnlyList<LossEntry> Table { get; } = [CrossEntropy.Row, FocalLoss.Row];

    /// <summary>Makes the loss of a recipe.</summary>
    /// <param name="spec">Its name and options.</param>
    /// <param name="labelSmoothing">In [0, 1).</param>
    /// <param name="samples">The training images.</param>
    /// <param name="classes">Names of the classes.</param>
    /// <exception cref="FineTuneException">
    /// An unknown name or option, a value out of range, or balanced weights where a class has no image.
    /// </exception>
    public static Loss Create(NamedSpec spec, double labelSmoothing, IReadOnlyList<Sample> samples, IReadOnlyList<string> classes)
    {
        var entry = Find(spec.Name);
        var options = new OptionReader(entry.Name, [.. Common, .. entry.Options], spec.Options);
        var weights = options.Words("class_weights") switch
        {
            null or None => null,
            Balanced => BalancedWeights(samples, classes),
            var other => throw Nearest.Unknown("value of `class_weights`:", other, [None, Balanced]),
        };
        return entry.Create(options, weights, labelSmoothing);
    }

    /// <summary>The row of that name.</summary>
    /// <exception cref="FineTuneException">No such name; the nearest is offered.</exception>
    public static LossEntry Find(string name) =>
        Table.FirstOrDefault(e => e.Name == name) ?? throw Nearest.Unknown("loss", name, Table.Select(e => e.Name));

    /// <summary>
    /// n / (k n_c) of each of k classes, n_c of n images being of class c (King and Zeng 2001; scikit-learn's `balanced`).
    /// </summary>
    internal static double[] BalancedWeights(IReadOnlyList<Sample> samples, IReadOnlyList<string> classes)
    {
        var counts = new int[classes.Count];
        foreach (var sample in samples)
            counts[sample.Label]++;
        var empty = Array.IndexOf(counts, 0);
        if (empty >= 0)
        {
            throw new FineTuneException($"Class '{classes[empty]}' has no training image, so that `class_weights: balanced` has no weight "
                + "for it; add images or take `class_weights: none`.");
        }
        return Array.ConvertAll(counts, count => samples.Count / ((double)classes.Count * count));
    }
}
