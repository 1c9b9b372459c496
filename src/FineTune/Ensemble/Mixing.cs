using FineTune.Evaluate;

namespace FineTune.Ensemble;

/// <summary>
/// Several classifiers' probabilities for the same images as one: each by its weight, the weights at least 0 and of sum 1.
/// </summary>
internal static class Mixing
{
    // Added to votes, times the weighted mean: of classes with as many votes the likelier one is predicted.
    private const double TieBreak = 1e-6;

    /// <summary>
    /// prod_m p_m^(w_m), so divided that it sums to 1. It is the softmax of the weighted mean of the logits: what a member's logits have in
    /// common falls out. A probability of 0 counts as the smallest number above it.
    /// </summary>
    public static Predictions Geometric(IReadOnlyList<Predictions> members, IReadOnlyList<double> weights)
    {
        Predictions.RequireSame(members);
        var result = new double[members[0].Probabilities.Length];
        for (var m = 0; m < members.Count; m++)
        {
            var p = members[m].Probabilities;
            for (var k = 0; k < result.Length; k++)
                result[k] += weights[m] * Math.Log(Math.Max(p[k], double.Epsilon));
        }

        var classes = members[0].Classes.Count;
        for (var at = 0; at < result.Length; at += classes)
            Predictions.Softmax(result.AsSpan(at, classes));
        return members[0] with { Probabilities = result };
    }

    /// <summary>The weight of the members that predict a class; between classes of the same weight, the mean probability decides.</summary>
    public static Predictions Vote(IReadOnlyList<Predictions> members, IReadOnlyList<double> weights)
    {
        var result = Predictions.Average(members, weights);
        var (p, classes) = (result.Probabilities, result.Classes.Count);
        for (var k = 0; k < p.Length; k++)
            p[k] *= TieBreak / (1 + TieBreak);
        for (var m = 0; m < members.Count; m++)
        {
            for (var i = 0; i < result.Count; i++)
                p[(i * classes) + members[m].Predicted(i)] += weights[m] / (1 + TieBreak);
        }

        return result;
    }
}
