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

    /// <summary>The mean of several classifiers' probabilities, weighted or not.</summary>
    /// <param name="members">What each said about the same images.</param>
    /// <param name="weights">At least 0 and of sum 1; null: all the same.</param>
    /// <exception cref="ArgumentException">None, or of different images or classes.</exception>
    public static Predictions Average(IReadOnlyList<Predictions> members, IReadOnlyList<double>? weights = null)
    {
        RequireSame(members);
        var mean = new double[members[0].Probabilities.Length];
        for (var m = 0; m < members.Count; m++)
        {
            var (p, weight) = (members[m].Probabilities, weights?[m] ?? 1.0 / members.Count);
            for (var k = 0; k < mean.Length; k++)
                mean[k] += weight * p[k];
        }

        return members[0] with { Probabilities = mean };
    }

    /// <summary>Refuses what cannot be combined.</summary>
    /// <exception cref="ArgumentException">None, or of different images or classes.</exception>
    internal static void RequireSame(IReadOnlyList<Predictions> members)
    {
        if (members.Count == 0
            || members.Any(m => m.Probabilities.Length != members[0].Probabilities.Length || !m.Labels.SequenceEqual(members[0].Labels)))
        {
            throw new ArgumentException("Predictions for the same images and classes are combined, at least one.", nameof(members));
        }
    }

    /// <summary>What it said about some of the images.</summary>
    /// <param name="images">Their positions.</param>
    public Predictions Of(IReadOnlyList<int> images) =>
        new(Classes, [.. images.Select(i => Labels[i])], [.. images.SelectMany(i => Row(i).ToArray())]);

    /// <summary>The same with its columns in the order of the images' classes, which the labels are positions in already.</summary>
    /// <param name="classes">The same names.</param>
    /// <exception cref="FineTuneException">They are others.</exception>
    internal Predictions Ordered(IReadOnlyList<string> classes)
    {
        if (classes.SequenceEqual(Classes))
            return this;
        if (!ClassNames.AreSame(classes, Classes))
        {
            throw new FineTuneException($"The images are of the classes {ClassNames.Some(classes)}, "
                + $"but the model tells apart {ClassNames.Some(Classes)}; measure it on images of its classes.");
        }
        var from = classes.Select(c => Classes.ToList().IndexOf(c)).ToArray();
        var probabilities = new double[Probabilities.Length];
        for (var i = 0; i < Count; i++)
        {
            for (var k = 0; k < from.Length; k++)
                probabilities[(i * from.Length) + k] = Row(i)[from[k]];
        }

        return new Predictions(classes, Labels, probabilities);
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
