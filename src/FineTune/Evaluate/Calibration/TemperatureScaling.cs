namespace FineTune.Evaluate.Calibration;

/// <summary>Temperature scaling (Guo et al. 2017): softmax(logits / T). The predicted class stays.</summary>
/// <param name="Temperature">Above 0; above 1 where the classifier was too sure.</param>
public sealed record TemperatureScaling(double Temperature) : ICalibration
{
    /// <summary>The lowest and highest temperature: where all images are right, none is low enough.</summary>
    public const double Lowest = 0.01, Highest = 100;

    private const int Iterations = 200;
    private const double Tolerance = 1e-13; // of the inverse temperature, relative

    /// <summary>The temperature of least negative log-likelihood; 1 where it makes no difference.</summary>
    /// <param name="predictions">At least one.</param>
    public static TemperatureScaling Fit(Predictions predictions)
    {
        var logits = LogProbabilities.Of(predictions);
        var (low, high) = (1 / Highest, 1 / Lowest); // of the inverse temperature b, in which the loss is convex
        if (Slope(predictions, logits, 1) is (0, 0))
            return new TemperatureScaling(1);
        if (Slope(predictions, logits, low).First >= 0)
            return new TemperatureScaling(Highest);
        if (Slope(predictions, logits, high).First <= 0)
            return new TemperatureScaling(Lowest);
        var b = 1.0;
        for (var step = 0; step < Iterations; step++)
        {
            var (first, second) = Slope(predictions, logits, b);
            (low, high) = first < 0 ? (b, high) : (low, b);
            var next = b - (first / second); // Newton's step, or half the bracket where it leads out of it
            if (!(next > low && next < high))
                next = (low + high) / 2;
            var change = Math.Abs(next - b);
            b = next;
            if (change <= Tolerance * b)
                break;
        }

        return new TemperatureScaling(1 / b);
    }

    /// <inheritdoc/>
    public Predictions Apply(Predictions predictions) => LogProbabilities.Mapped(predictions, (z, _) => z / Temperature);

    /// <summary>The first and second derivative of the loss's sum by b: sum of E[z] - z of the true class, and of the variance of z.</summary>
    private static (double First, double Second) Slope(Predictions predictions, double[] logits, double b)
    {
        var classes = predictions.Classes.Count;
        var (first, second) = (0.0, 0.0);
        var p = new double[classes];
        for (var i = 0; i < predictions.Count; i++)
        {
            var z = logits.AsSpan(i * classes, classes);
            for (var k = 0; k < classes; k++)
                p[k] = b * z[k];
            Predictions.Softmax(p);
            var (mean, square) = (0.0, 0.0);
            var truth = z[(int)predictions.Labels[i]]; // taken off first: 0 stays 0 to the bit where all logits are alike
            for (var k = 0; k < classes; k++)
            {
                mean += p[k] * (z[k] - truth);
                square += p[k] * (z[k] - truth) * (z[k] - truth);
            }

            first += mean;
            second += square - (mean * mean);
        }

        return (first, second);
    }
}
