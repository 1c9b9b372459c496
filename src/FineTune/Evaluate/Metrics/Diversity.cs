namespace FineTune.Evaluate.Metrics;

/// <summary>How much the members of an ensemble differ.</summary>
/// <param name="Disagreement">
/// Part of the images on which two members predict different classes, the mean over all pairs, in 0..1; null for a single member.
/// </param>
/// <param name="MutualInformation">
/// The entropy of the mean prediction minus the mean entropy of the members, the mean over images, in nats: what the members do not
/// know of one another (Houlsby et al. 2011), in 0..ln(members).
/// </param>
public sealed record Diversity(double? Disagreement, double MutualInformation)
{
    /// <summary>Compares members on the same images.</summary>
    /// <exception cref="ArgumentException">None, or of different images or classes.</exception>
    public static Diversity Of(IReadOnlyList<Predictions> members)
    {
        var mean = Predictions.Average(members);
        var differ = 0L;
        for (var a = 0; a < members.Count; a++)
        {
            for (var b = 0; b < a; b++)
                differ += Enumerable.Range(0, mean.Count).Count(i => members[a].Predicted(i) != members[b].Predicted(i));
        }

        var pairs = members.Count * (members.Count - 1) / 2;
        var information = MeanEntropy(mean) - members.Average(MeanEntropy);
        return new Diversity(pairs == 0 ? null : (double)differ / pairs / mean.Count, Math.Max(0, information));
    }

    /// <summary>-sum p ln p of each image, the mean over images; 0 ln 0 is 0.</summary>
    private static double MeanEntropy(Predictions predictions) =>
        -predictions.Probabilities.Sum(p => p > 0 ? p * Math.Log(p) : 0) / predictions.Count;
}
