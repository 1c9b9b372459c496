namespace FineTune.Diagnose;

/// <summary>Learning rates that a range test's curve suggests, by fastai's three rules.</summary>
/// <param name="Valley">Half of the way into the longest valley: the one to take.</param>
/// <param name="Steepest">Where the smoothed loss falls fastest over the logarithm of the learning rate.</param>
/// <param name="MinimumTenth">A tenth of where the smoothed loss is least.</param>
public sealed record LrSuggestion(double Valley, double Steepest, double MinimumTenth)
{
    private const int DroppedAtEnd = 5; // fastai: lr_find leaves out the first tenth and the last five
    private const int Fewest = 3;

    /// <summary>The suggestions of a curve, without its first tenth and its last five points.</summary>
    /// <param name="points">Learning rates, rising.</param>
    /// <param name="iterations">How many were to be tried: the tenth is of these.</param>
    /// <exception cref="FineTuneException">Too few points are left.</exception>
    public static LrSuggestion Of(IReadOnlyList<LrPoint> points, int iterations)
    {
        var kept = points.Skip(iterations / 10).SkipLast(DroppedAtEnd).ToArray();
        if (kept.Length < Fewest)
        {
            throw new FineTuneException(
                $"The loss left all bounds after {points.Count} of {iterations} learning rates, too few to suggest one; begin lower.");
        }
        var (lr, loss) = (kept.Select(p => p.Lr).ToArray(), kept.Select(p => p.Smoothed).ToArray());
        return new LrSuggestion(lr[ValleyIndex(loss)], lr[SteepestIndex(lr, loss)], lr[Array.IndexOf(loss, loss.Min())] / 10);
    }

    /// <summary>
    /// fastai's valley: in the longest falling subsequence of n values that ends at e, e - n + n/3 + n/6, the thirds rounded down.
    /// Of 9, 8, 7, 6, 5, 4, 3, 2, 1: index 3.
    /// </summary>
    /// <param name="loss">At least one value.</param>
    internal static int ValleyIndex(IReadOnlyList<double> loss)
    {
        var length = new int[loss.Count];
        var end = 0;
        for (var i = 0; i < loss.Count; i++)
        {
            length[i] = 1;
            for (var j = 0; j < i; j++)
            {
                if (loss[i] < loss[j])
                    length[i] = Math.Max(length[i], length[j] + 1);
            }

            if (length[i] > length[end])
                end = i;
        }

        var third = length[end] / 3.0;
        return Math.Max(0, end - length[end] + (int)third + (int)(third / 2));
    }

    /// <summary>The first end of the steepest piece of loss over log(lr).</summary>
    /// <param name="lr">Rising.</param>
    /// <param name="loss">As many, at least 2.</param>
    internal static int SteepestIndex(IReadOnlyList<double> lr, IReadOnlyList<double> loss) =>
        Enumerable.Range(0, loss.Count - 1).MinBy(i => (loss[i + 1] - loss[i]) / (Math.Log(lr[i + 1]) - Math.Log(lr[i])));
}
