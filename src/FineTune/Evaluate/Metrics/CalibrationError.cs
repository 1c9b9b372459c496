namespace FineTune.Evaluate.Metrics;

/// <summary>
/// How far confidence is from accuracy: the mean over bins of |accuracy - mean confidence|, weighted by the images of each bin.
/// </summary>
public static class CalibrationError
{
    /// <summary>Bins by default (Guo et al. 2017).</summary>
    public const int Bins = 15;

    /// <summary>Over equal bins of confidence, ((m - 1) / bins, m / bins] (Guo et al. 2017, equation 3).</summary>
    /// <exception cref="ArgumentException">There are no predictions.</exception>
    public static double EqualWidth(Predictions predictions, int bins = Bins)
    {
        var (confidence, right) = Confidences.Of(predictions);
        var gaps = new double[bins];
        for (var i = 0; i < confidence.Length; i++)
            gaps[BinOf(confidence[i], bins)] += confidence[i] - right[i];
        return gaps.Sum(Math.Abs) / confidence.Length;
    }

    /// <summary>
    /// Over bins of equally many images: sorted by confidence, and cut into parts whose sizes differ by one at most, the larger first
    /// (Nguyen and O'Connor 2015). Images of equal confidence share their accuracy, so that their order does not matter.
    /// </summary>
    /// <exception cref="ArgumentException">There are no predictions.</exception>
    public static double EqualMass(Predictions predictions, int bins = Bins)
    {
        var (confidence, right) = Confidences.Of(predictions);
        Array.Sort(confidence, right);
        Confidences.ShareTies(confidence, right);
        var (size, larger) = Math.DivRem(confidence.Length, bins);
        var (sum, at) = (0.0, 0);
        for (var m = 0; m < bins; m++)
        {
            var gap = 0.0;
            for (var end = at + size + (m < larger ? 1 : 0); at < end; at++)
                gap += confidence[at] - right[at];
            sum += Math.Abs(gap);
        }

        return sum / confidence.Length;
    }

    /// <summary>The equal bin of a confidence.</summary>
    internal static int BinOf(double confidence, int bins)
    {
        var bin = Math.Clamp((int)(confidence * bins), 0, bins - 1);
        if (bin > 0 && confidence <= (double)bin / bins)
            bin--; // the upper edge belongs to the bin
        return bin;
    }
}
