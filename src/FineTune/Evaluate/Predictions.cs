namespace FineTune.Evaluate;

/// <summary>What a classifier said about some images: a probability an image and class.</summary>
/// <param name="Classes">Class names, in the order of the columns.</param>
/// <param name="Labels">[n] true classes.</param>
/// <param name="Probabilities">[n, classes], row after row; each row sums to 1.</param>
public sealed record Predictions(IReadOnlyList<string> Classes, IReadOnlyList<long> Labels, double[] Probabilities)
{
    /// <summary>How many images.</summary>
    public int Count => Labels.Count;

    /// <summary>The probabilities of one image.</summary>
    public ReadOnlySpan<double> Row(int image) => Probabilities.AsSpan(image * Classes.Count, Classes.Count);

    /// <summary>The class of highest probability; the first of equals.</summary>
    public int Predicted(int image)
    {
        var row = Row(image);
        var best = 0;
        for (var k = 1; k < row.Length; k++)
        {
            if (row[k] > row[best])
                best = k;
        }

        return best;
    }

    /// <summary>What it said about some of the images.</summary>
    /// <param name="images">Their positions.</param>
    public Predictions Of(IReadOnlyList<int> images) =>
        new(Classes, [.. images.Select(i => Labels[i])], [.. images.SelectMany(i => Row(i).ToArray())]);

    /// <summary>The same with the classes in another order.</summary>
    /// <param name="classes">The same names.</param>
    /// <param name="labels">[n] true classes, in the new order.</param>
    internal Predictions Ordered(IReadOnlyList<string> classes, IReadOnlyList<long> labels)
    {
        if (classes.SequenceEqual(Classes))
            return this;
        var from = classes.Select(c => Classes.ToList().IndexOf(c)).ToArray();
        var probabilities = new double[Probabilities.Length];
        for (var i = 0; i < Count; i++)
        {
            for (var k = 0; k < from.Length; k++)
                probabilities[(i * from.Length) + k] = Row(i)[from[k]];
        }

        return new Predictions(classes, labels, probabilities);
    }

    /// <summary>Softmax of one row of logits, in double precision.</summary>
    public static void Softmax(ReadOnlySpan<float> logits, Span<double> probabilities)
    {
        var max = float.NegativeInfinity;
        foreach (var z in logits)
            max = Math.Max(max, z);
        var sum = 0.0;
        for (var k = 0; k < logits.Length; k++)
            sum += probabilities[k] = Math.Exp((double)logits[k] - max);
        for (var k = 0; k < logits.Length; k++)
            probabilities[k] /= sum;
    }
}
