namespace FineTune.Evaluate.Calibration;

/// <summary>
/// Isotonic regression, one class against the rest (Zadrozny and Elkan 2002): each class's probability is mapped by a rising curve, and
/// an image's probabilities are divided by their sum; where that is 0 they are all alike. As the curves reach 0, at which one wrong image
/// would cost without bound, one image more, of all classes alike, is counted in: (n p + 1 / classes) / (n + 1).
/// </summary>
/// <param name="Curves">A curve a class.</param>
/// <param name="N">Images that it was fitted on.</param>
public sealed record IsotonicCalibration(IReadOnlyList<IsotonicCurve> Curves, int N) : ICalibration
{
    /// <summary>The curves of least squared error.</summary>
    /// <param name="predictions">At least one.</param>
    public static IsotonicCalibration Fit(Predictions predictions)
    {
        var images = Enumerable.Range(0, predictions.Count).ToArray();
        var curves = predictions.Classes.Select((_, k) => IsotonicCurve.Fit(
            [.. images.Select(i => predictions.Row(i)[k])],
            [.. images.Select(i => predictions.Labels[i] == k ? 1.0 : 0.0)]));
        return new IsotonicCalibration([.. curves], predictions.Count);
    }

    /// <inheritdoc/>
    public Predictions Apply(Predictions predictions)
    {
        var mapped = new double[predictions.Probabilities.Length];
        for (var i = 0; i < predictions.Count; i++)
            Map(predictions.Row(i), mapped.AsSpan(i * Curves.Count, Curves.Count));
        return predictions with { Probabilities = mapped };
    }

    private void Map(ReadOnlySpan<double> row, Span<double> mapped)
    {
        var sum = 0.0;
        for (var k = 0; k < row.Length; k++)
            sum += mapped[k] = Curves[k].At(row[k]);
        for (var k = 0; k < row.Length; k++)
        {
            var alike = 1.0 / row.Length;
            mapped[k] = ((N * (sum > 0 ? mapped[k] / sum : alike)) + alike) / (N + 1);
        }
    }
}
