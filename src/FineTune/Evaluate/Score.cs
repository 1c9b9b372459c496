namespace FineTune.Evaluate;

/// <summary>How good predictions are. Rates are in 0..1.</summary>
/// <param name="Top1">Part of images whose likeliest class is the true one.</param>
/// <param name="Top5">Part whose true class is among the five likeliest; 1 where there are no more than five.</param>
/// <param name="Nll">Mean negative log-likelihood of the true class, in nats.</param>
/// <param name="Ece">Expected calibration error over 15 equal bins of confidence (Guo et al. 2017).</param>
/// <param name="N">Images.</param>
public sealed record Score(double Top1, double Top5, double Nll, double Ece, int N)
{
    private const int Bins = 15; // Guo et al. 2017
    private const double Tiny = 1e-300; // keeps the logarithm finite where a probability underflowed

    /// <summary>The 95% interval of <see cref="Top1"/> for the images' number (Wilson 1927).</summary>
    public Interval Top1Interval => Wilson(Top1, N);

    /// <summary>Scores predictions.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Score Of(Predictions predictions)
    {
        var n = predictions.Count;
        if (n == 0)
            throw new ArgumentException("A score needs at least one prediction.", nameof(predictions));
        var (top1, top5, nll) = (0, 0, 0.0);
        var bins = new (int Count, double Confidence, int Right)[Bins];
        for (var i = 0; i < n; i++)
        {
            var row = predictions.Row(i);
            var label = (int)predictions.Labels[i];
            var predicted = predictions.Predicted(i);
            var right = predicted == label;
            top1 += right ? 1 : 0;
            top5 += Rank(row, label) < 5 ? 1 : 0;
            nll -= Math.Log(Math.Max(row[label], Tiny));
            ref var bin = ref bins[Math.Min(Bins - 1, (int)Math.Ceiling(row[predicted] * Bins) - 1)];
            bin = (bin.Count + 1, bin.Confidence + row[predicted], bin.Right + (right ? 1 : 0));
        }

        return new Score((double)top1 / n, (double)top5 / n, nll / n, bins.Sum(b => Math.Abs(b.Confidence - b.Right)) / n, n);
    }

    /// <summary>The 95% interval of a rate that was seen over n trials.</summary>
    public static Interval Wilson(double rate, int n)
    {
        const double Z = 1.959963984540054; // the normal quantile of 0.975
        var centre = rate + (Z * Z / (2 * n));
        var half = Z * Math.Sqrt((rate * (1 - rate) / n) + (Z * Z / (4.0 * n * n)));
        var scale = 1 + (Z * Z / n);
        return new Interval(Math.Max(0, (centre - half) / scale), Math.Min(1, (centre + half) / scale));
    }

    /// <summary>How many classes are likelier than the true one; of equals, the earlier counts as likelier.</summary>
    private static int Rank(ReadOnlySpan<double> row, int label)
    {
        var rank = 0;
        for (var k = 0; k < row.Length; k++)
        {
            if (row[k] > row[label] || (row[k] == row[label] && k < label))
                rank++;
        }

        return rank;
    }
}
