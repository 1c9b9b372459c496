namespace FineTune.Evaluate.Calibration;

/// <summary>
/// Logarithms of probabilities: logits up to a constant an image, which softmax takes away again. A probability below 1e-300 counts as
/// that.
/// </summary>
internal static class LogProbabilities
{
    /// <summary>[n, classes], row after row.</summary>
    public static double[] Of(Predictions predictions) => [.. predictions.Probabilities.Select(Score.Log)];

    /// <summary>Maps each image's logits, and takes the softmax.</summary>
    /// <param name="predictions">The images.</param>
    /// <param name="map">The new logit of a class (second) from its old one (first).</param>
    public static Predictions Mapped(Predictions predictions, Func<double, int, double> map)
    {
        var values = Of(predictions);
        var classes = predictions.Classes.Count;
        for (var i = 0; i < values.Length; i++)
            values[i] = map(values[i], i % classes);
        for (var at = 0; at < values.Length; at += classes)
            Predictions.Softmax(values.AsSpan(at, classes));
        return predictions with { Probabilities = values };
    }
}
