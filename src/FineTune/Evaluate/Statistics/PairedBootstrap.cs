using FineTune.Evaluate.Metrics;

namespace FineTune.Evaluate.Statistics;

/// <summary>The difference of a metric of two classifiers, the first's minus the second's.</summary>
/// <param name="Value">On the images as they are.</param>
/// <param name="Interval">Where most resamples lie; 0 outside of it means that chance alone seldom explains the difference.</param>
public readonly record struct Difference(double Value, Interval Interval);

/// <summary>
/// How two classifiers differ on the same images, by resampling these with replacement (Efron and Tibshirani 1993, percentile
/// intervals). The draws are a function of the seed alone.
/// </summary>
/// <param name="Top1">Of the accuracy.</param>
/// <param name="Nll">Of the negative log-likelihood.</param>
/// <param name="Ece">Of the calibration error over 15 equal bins.</param>
public sealed record PairedBootstrap(Difference Top1, Difference Nll, Difference Ece)
{
    /// <summary>Resamples by default: 95% intervals ask for one or two thousand (Efron and Tibshirani 1993, section 19.3).</summary>
    public const int DefaultResamples = 2000;

    /// <summary>Compares two classifiers.</summary>
    /// <param name="first">One.</param>
    /// <param name="second">The other, of the same images.</param>
    /// <param name="seed">Decides the draws.</param>
    /// <param name="resamples">At least 1.</param>
    /// <param name="level">Of the intervals, in (0, 1).</param>
    /// <exception cref="ArgumentException">They are of different images.</exception>
    public static PairedBootstrap Of(
        Predictions first,
        Predictions second,
        long seed = 0,
        int resamples = DefaultResamples,
        double level = BinomialInterval.Level)
    {
        Paired.Require(first, second);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        var (a, b) = (new PerImage(first), new PerImage(second));
        var all = Enumerable.Range(0, first.Count).ToArray();
        var (top1, nll, ece) = (new double[resamples], new double[resamples], new double[resamples]);
        Parallel.For(0, resamples, r =>
        {
            var stream = new RandomKey(seed, 0, r, RandomUse.Resample).Stream();
            var images = new int[all.Length];
            for (var i = 0; i < images.Length; i++)
                images[i] = stream.NextInt(images.Length);
            (top1[r], nll[r], ece[r]) = Differences(a, b, images);
        });
        var seen = Differences(a, b, all);
        return new PairedBootstrap(
            new Difference(seen.Top1, Quantiles.Central(top1, level)),
            new Difference(seen.Nll, Quantiles.Central(nll, level)),
            new Difference(seen.Ece, Quantiles.Central(ece, level)));
    }

    private static (double Top1, double Nll, double Ece) Differences(PerImage a, PerImage b, ReadOnlySpan<int> images)
    {
        var (x, y) = (a.Means(images), b.Means(images));
        return (x.Top1 - y.Top1, x.Nll - y.Nll, x.Ece - y.Ece);
    }

    /// <summary>What each image adds to the metrics.</summary>
    private sealed class PerImage
    {
        private readonly double[] _right, _gap, _nll;
        private readonly int[] _bin;

        public PerImage(Predictions predictions)
        {
            (var confidence, _right) = Confidences.Of(predictions);
            _gap = [.. confidence.Zip(_right, (c, r) => c - r)];
            _bin = [.. confidence.Select(c => CalibrationError.BinOf(c, CalibrationError.Bins))];
            _nll = [.. Enumerable.Range(0, predictions.Count).Select(i => -Score.LogLikelihood(predictions, i))];
        }

        public (double Top1, double Nll, double Ece) Means(ReadOnlySpan<int> images)
        {
            var (top1, nll) = (0.0, 0.0);
            Span<double> gaps = stackalloc double[CalibrationError.Bins];
            gaps.Clear();
            foreach (var i in images)
            {
                top1 += _right[i];
                nll += _nll[i];
                gaps[_bin[i]] += _gap[i];
            }

            var ece = 0.0;
            foreach (var gap in gaps)
                ece += Math.Abs(gap);
            return (top1 / images.Length, nll / images.Length, ece / images.Length);
        }
    }
}
