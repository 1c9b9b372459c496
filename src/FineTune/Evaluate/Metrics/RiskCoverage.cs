namespace FineTune.Evaluate.Metrics;

/// <summary>What abstaining below a confidence gives.</summary>
/// <param name="Threshold">The lowest confidence that is answered.</param>
/// <param name="Coverage">Part of the images that are answered, above 0.</param>
/// <param name="Risk">Part of the answers that are wrong.</param>
public sealed record CoveragePoint(double Threshold, double Coverage, double Risk)
{
    /// <summary>Part of the answers that are right.</summary>
    public double Accuracy => 1 - Risk;
}

/// <summary>The error among the images of highest confidence, by how many of them are answered (Geifman and El-Yaniv 2017).</summary>
/// <param name="Curve">A point for each distinct confidence, from the highest down; equal ones are answered together.</param>
/// <param name="Aurc">
/// The area under the curve: the mean over images of the risk at the image's own confidence (Geifman et al. 2019), in 0..1, lower is
/// better.
/// </param>
public sealed record RiskCoverage(IReadOnlyList<CoveragePoint> Curve, double Aurc)
{
    /// <summary>The curve of predictions.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static RiskCoverage Of(Predictions predictions)
    {
        var (confidence, right) = Confidences.Of(predictions);
        Array.Sort(confidence, right);
        var n = confidence.Length;
        var curve = new List<CoveragePoint>();
        var (wrong, area) = (0.0, 0.0);
        for (int from = n - 1, to; from >= 0; from = to)
        {
            for (to = from; to >= 0 && confidence[to] == confidence[from]; to--)
                wrong += 1 - right[to];
            var answered = n - 1 - to;
            curve.Add(new CoveragePoint(confidence[from], (double)answered / n, wrong / answered));
            area += (from - to) * wrong / answered;
        }

        return new RiskCoverage(curve, area / n);
    }

    /// <summary>The point of the fewest answers that are at least a part of the images.</summary>
    /// <param name="coverage">In (0, 1].</param>
    public CoveragePoint At(double coverage)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(coverage);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(coverage, 1);
        return Curve.First(p => p.Coverage >= coverage);
    }
}
