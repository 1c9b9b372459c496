namespace FineTune.Evaluate.Statistics;

/// <summary>Holm's correction (1979) of the p-values of several tests, made for one question.</summary>
public static class Holm
{
    /// <summary>
    /// Adjusted p-values, in the order of the given ones. The chance that any true null hypothesis has one below a level is at most
    /// that level, however the tests depend on one another.
    /// </summary>
    /// <param name="pValues">Each in 0..1.</param>
    public static double[] Adjust(IReadOnlyList<double> pValues)
    {
        var adjusted = new double[pValues.Count];
        var (rank, largest) = (0, 0.0);
        foreach (var test in Enumerable.Range(0, pValues.Count).OrderBy(t => pValues[t]))
            adjusted[test] = largest = Math.Max(largest, Math.Min(1, (pValues.Count - rank++) * pValues[test]));
        return adjusted;
    }
}
