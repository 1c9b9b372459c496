using FineTune.Evaluate.Metrics;
using FineTune.Evaluate.Statistics;

namespace FineTune.Evaluate;

/// <summary>How good predictions are. Rates are in 0..1.</summary>
/// <param name="Top1">Part of images whose likeliest class is the true one.</param>
/// <param name="Top5">Part whose true class is among the five likeliest; 1 where there are no more than five.</param>
/// <param name="Nll">Mean negative log-likelihood of the true class, in nats.</param>
/// <param name="Ece">Expected calibration error over 15 equal bins of confidence (Guo et al. 2017).</param>
/// <param name="N">Images.</param>
public sealed record Score(double Top1, double Top5, double Nll, double Ece, int N)
{
    private const double Tiny = 1e-300; // keeps the logarithm finite where a probability underflowed

    /// <summary>The exact 95% interval of <see cref="Top1"/> for the images' number (Clopper and Pearson 1934).</summary>
    public Interval Top1Interval => BinomialInterval.OfRate(Top1, N);

    /// <summary>Scores predictions.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Score Of(Predictions predictions)
    {
        var n = predictions.Count;
        if (n == 0)
            throw new ArgumentException("A score needs at least one prediction.", nameof(predictions));
        var nll = 0.0;
        for (var i = 0; i < n; i++)
            nll -= LogLikelihood(predictions, i);
        return new Score(TopK(predictions, 1), TopK(predictions, 5), nll / n, CalibrationError.EqualWidth(predictions), n);
    }

    /// <summary>Part of images whose true class is among the k likeliest; of equals the earlier counts as likelier.</summary>
    public static double TopK(Predictions predictions, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var among = 0;
        for (var i = 0; i < predictions.Count; i++)
            among += Rank(predictions.Row(i), (int)predictions.Labels[i]) < k ? 1 : 0;
        return (double)among / predictions.Count;
    }

    /// <summary>The logarithm of the true class's probability; one below 1e-300 counts as that.</summary>
    internal static double LogLikelihood(Predictions predictions, int image) => Log(predictions.Row(image)[(int)predictions.Labels[image]]);

    /// <summary>The logarithm of a probability; one below 1e-300 counts as that.</summary>
    internal static double Log(double probability) => Math.Log(Math.Max(probability, Tiny));

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
