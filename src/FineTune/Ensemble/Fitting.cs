using FineTune.Evaluate;

namespace FineTune.Ensemble;

/// <summary>Weights of an ensemble's members, at least 0 and of sum 1, from what they say about validation images.</summary>
internal static class Fitting
{
    private const int MostRounds = 10_000;
    private const double Tolerance = 1e-7; // of the mean log-likelihood, from the best there is
    private const int BagsPerMember = 3;

    /// <summary>The same for each.</summary>
    public static double[] Uniform(IReadOnlyList<Predictions> validation) => [.. validation.Select(_ => 1.0 / validation.Count)];

    /// <summary>
    /// The weights of lowest negative log-likelihood of sum_m w_m p_m: a convex problem, solved by expectation-maximisation
    /// (Dempster et al. 1977; Jordan and Jacobs 1994, section 3): w_m becomes the mean over images of w_m p_m(y) / sum_j w_j
    /// p_j(y). The largest of the means of p_m(y) / sum_j w_j p_j(y), less 1, bounds how far the log-likelihood is from the best:
    /// it ends there.
    /// </summary>
    public static double[] Likelihood(IReadOnlyList<Predictions> validation)
    {
        var weights = Uniform(validation);
        var (members, images) = (validation.Count, validation[0].Count);
        var p = validation.Select(Labels).ToArray(); // [member][image]
        var gain = new double[members];
        for (var round = 0; round < MostRounds; round++)
        {
            Array.Clear(gain);
            for (var i = 0; i < images; i++)
            {
                var mixed = 0.0;
                for (var m = 0; m < members; m++)
                    mixed += weights[m] * p[m][i];
                for (var m = 0; m < members; m++)
                    gain[m] += p[m][i] / mixed / images;
            }

            if (gain.Max() - 1 <= Tolerance)
                break;
            for (var m = 0; m < members; m++)
                weights[m] *= gain[m];
            var sum = weights.Sum(); // 1 but for rounding
            for (var m = 0; m < members; m++)
                weights[m] /= sum;
        }

        return weights;
    }

    /// <summary>
    /// Ensemble selection with replacement (Caruana et al. 2004): a bag begins empty; the member is added, again and again, with which the
    /// mean of the bag has the lowest negative log-likelihood. A weight is a member's part of the best bag seen.
    /// </summary>
    public static double[] Greedy(IReadOnlyList<Predictions> validation)
    {
        var p = validation.Select(Labels).ToArray();
        var (sum, counts) = (new double[validation[0].Count], new int[validation.Count]);
        var (best, bestCounts) = (double.PositiveInfinity, counts);
        for (var size = 1; size <= BagsPerMember * validation.Count; size++)
        {
            var (nll, member) = Enumerable.Range(0, p.Length).Select(m => (Nll: Nll(sum, p[m], size), m)).MinBy(c => c.Nll);
            for (var i = 0; i < sum.Length; i++)
                sum[i] += p[member][i];
            counts[member]++;
            if (nll < best)
                (best, bestCounts) = (nll, [.. counts]);
        }

        return [.. bestCounts.Select(c => (double)c / bestCounts.Sum())];
    }

    private static double Nll(double[] sum, double[] more, int size)
    {
        var nll = 0.0;
        for (var i = 0; i < sum.Length; i++)
            nll -= Math.Log((sum[i] + more[i]) / size);
        return nll / sum.Length;
    }

    /// <summary>The probabilities of the true classes.</summary>
    private static double[] Labels(Predictions member) =>
        [.. Enumerable.Range(0, member.Count).Select(i => Math.Max(member.Row(i)[(int)member.Labels[i]], double.Epsilon))];
}
