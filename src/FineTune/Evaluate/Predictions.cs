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

    /// <summary>Those of some of the images.</summary>
    public Predictions Of(IReadOnlyList<int> images) => new(
        Classes,
        [.. images.Select(i => Labels[i])],
        [.. images.SelectMany(i => new ArraySegment<double>(Probabilities, i * Classes.Count, Classes.Count))]);

    /// <summary>The mean of several classifiers' probabilities: what an ensemble says.</summary>
    /// <exception cref="ArgumentException">None, or of different images or classes.</exception>
    public static Predictions Average(IReadOnlyList<Predictions> members)
    {
        if (members.Count == 0 || members.Any(m => m.Probabilities.Length != members[0].Probabilities.Length || !m.Labels.SequenceEqual(members[0].Labels)))
            throw new ArgumentException("An average is of predictions for the same images and classes, at least one.", nameof(members));
        var mean = new double[members[0].Probabilities.Length];
        foreach (var member in members)
        {
            for (var k = 0; k < mean.Length; k++)
                mean[k] += member.Probabilities[k] / members.Count;
        }

        return members[0] with { Probabilities = mean };
    }

    /// <summary>Softmax of one row of logits, in double precision.</summary>
    public static void Softmax(ReadOnlySpan<float> logits, Span<double> probabilities)
    {
        for (var k = 0; k < logits.Length; k++)
            probabilities[k] = logits[k];
        Softmax(probabilities);
    }

    /// <summary>Softmax of one row of logits, in place.</summary>
    internal static void Softmax(Span<double> row)
    {
        var max = double.NegativeInfinity;
        foreach (var z in row)
            max = Math.Max(max, z);
        var sum = 0.0;
        for (var k = 0; k < row.Length; k++)
            sum += row[k] = Math.Exp(row[k] - max);
        for (var k = 0; k < row.Length; k++)
            row[k] /= sum;
    }
}
