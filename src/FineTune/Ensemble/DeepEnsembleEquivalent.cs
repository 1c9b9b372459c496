namespace FineTune.Ensemble;

/// <summary>How many independent models an ensemble is worth (Ashukha et al. 2020, section 5).</summary>
public static class DeepEnsembleEquivalent
{
    /// <summary>
    /// The number of independent models, between them in a straight line, whose ensemble has the same calibrated negative
    /// log-likelihood. With 0.5, 0.4, 0.35 for 1, 2, 3 models: 0.45 is worth 1.5 models, 0.6 is worth 1.
    /// </summary>
    /// <param name="independent">Calibrated nll of ensembles of 1, 2 ... independent models.</param>
    /// <param name="nll">That of the method.</param>
    /// <returns>The number; null where the method is better than all of them.</returns>
    public static double? Of(IReadOnlyList<double> independent, double nll)
    {
        if (nll >= independent[0])
            return 1;
        for (var k = 1; k < independent.Count; k++)
        {
            if (nll >= independent[k])
                return k + ((independent[k - 1] - nll) / (independent[k - 1] - independent[k]));
        }

        return null;
    }
}
