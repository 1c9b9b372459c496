namespace FineTune.Evaluate.Statistics;

/// <summary>
/// Whether two classifiers are right equally often on the same images (McNemar 1947). Images on which both are right or both wrong
/// say nothing.
/// </summary>
/// <param name="OnlyFirst">Images that the first gets right and the second wrong.</param>
/// <param name="OnlySecond">Images that the second gets right and the first wrong.</param>
public sealed record McNemar(int OnlyFirst, int OnlySecond)
{
    /// <summary>Compares two classifiers.</summary>
    /// <exception cref="ArgumentException">They are of different images.</exception>
    public static McNemar Of(Predictions first, Predictions second)
    {
        Paired.Require(first, second);
        var (onlyFirst, onlySecond) = (0, 0);
        for (var i = 0; i < first.Count; i++)
        {
            var (a, b) = (first.Predicted(i) == first.Labels[i], second.Predicted(i) == second.Labels[i]);
            onlyFirst += a && !b ? 1 : 0;
            onlySecond += b && !a ? 1 : 0;
        }

        return new McNemar(onlyFirst, onlySecond);
    }

    /// <summary>The exact two-sided p-value: a coin tossed for each image on which just one is right; 1 where there is none.</summary>
    public double PValue
    {
        get
        {
            var (n, k) = (OnlyFirst + OnlySecond, Math.Min(OnlyFirst, OnlySecond));
            var log = -n * Math.Log(2); // of the probability of k heads in n: 0.5^n alone underflows where n > 1074
            for (var i = 1; i <= k; i++)
                log += Math.Log((double)(n - i + 1) / i);
            var (term, tail) = (1.0, 0.0); // in units of that probability, from k heads down to none
            for (var i = k; i >= 0; i--)
            {
                tail += term;
                term *= (double)i / (n - i + 1);
            }

            return Math.Min(1, 2 * Math.Exp(log) * tail);
        }
    }
}
