namespace FineTune.Evaluate.Metrics;

/// <summary>The probability of each image's predicted class, and whether that class is the true one.</summary>
internal static class Confidences
{
    /// <summary>[n] confidences, and [n] of 1 where the prediction is right, else 0.</summary>
    /// <exception cref="ArgumentException">There are no predictions.</exception>
    public static (double[] Confidence, double[] Right) Of(Predictions predictions)
    {
        if (predictions.Count == 0)
            throw new ArgumentException("A metric needs at least one prediction.", nameof(predictions));
        var (confidence, right) = (new double[predictions.Count], new double[predictions.Count]);
        for (var i = 0; i < confidence.Length; i++)
        {
            var predicted = predictions.Predicted(i);
            confidence[i] = predictions.Row(i)[predicted];
            right[i] = predicted == predictions.Labels[i] ? 1 : 0;
        }

        return (confidence, right);
    }

    /// <summary>Gives each of a run of equal sorted keys the mean of their values.</summary>
    public static void ShareTies(ReadOnlySpan<double> keys, Span<double> values)
    {
        for (int from = 0, to; from < keys.Length; from = to)
        {
            var sum = 0.0;
            for (to = from; to < keys.Length && keys[to] == keys[from]; to++)
                sum += values[to];
            values[from..to].Fill(sum / (to - from));
        }
    }
}
