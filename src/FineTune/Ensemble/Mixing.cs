using FineTune.Evaluate;

namespace FineTune.Ensemble;

/// <summary>Several classifiers' probabilities for the same images as one: each by its weight, the weights at least 0 and of sum 1.</summary>
internal static class Mixing
{
    // Added to votes, times the weighted mean: of classes with as many votes the likelier one is predicted.
    private const double TieBreak = 1e-6;

    /// <summary>sum_m w_m p_m.</summary>
    public static Predictions Average(IReadOnlyList<Predictions> members, IReadOnlyList<double> weights)
    {
        var mean = new double[Checked(members).Probabilities.Length];
        for (var m = 0; m < members.Count; m++)
        {
            var p = members[m].Probabilities;
            for (var k = 0; k < mean.Length; k++)
                mean[k] += weights[m] * p[k];
        }

        return members[0] with { Probabilities = mean };
    }

    /// <summary>
    /// prod_m p_m^(w_m), so divided that it sums to 1. It is the softmax of the weighted mean of the logits: what a member's logits have in
    /// common falls out. A probability of 0 counts as the smallest number above it.
    /// </summary>
    public static Predictions Geometric(IReadOnlyList<Predictions> members, IReadOnlyList<double> weights)
    {
        var result = new double[Checked(members).Probabilities.Length];
        for (var m = 0; m < members.Count; m++)
        {
            var p = members[m].Probabilities;
            for (var k = 0; k < result.Length; k++)
                result[k] += weights[m] * Math.Log(Math.Max(p[k], double.Epsilon));
        }

        var classes = members[0].Classes.Count;
        for (var at = 0; at < result.Length; at += classes)
        {
            var row = result.AsSpan(at, classes);
            var most = double.NegativeInfinity;
            foreach (var log in row)
                most = Math.Max(most, log);
            var sum = 0.0;
            foreach (ref var log in row)
                sum += log = Math.Exp(log - most);
            foreach (ref var p in row)
                p /= sum;
        }

        return members[0] with { Probabilities = result };
    }

    /// <summary>The weight of the members that predict a class; between classes of the same weight, the mean probability decides.</summary>
    public static Predictions Vote(IReadOnlyList<Predictions> members, IReadOnlyList<double> weights)
    {
        var result = Average(members, weights);
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

    /// <exception cref="ArgumentException">None, or of different images or classes.</exception>
    private static Predictions Checked(IReadOnlyList<Predictions> members) =>
        members.Count > 0 && members.All(m => m.Probabilities.Length == members[0].Probabilities.Length && m.Labels.SequenceEqual(members[0].Labels))
            ? members[0]
            : throw new ArgumentException("Predictions for the same images and classes are combined, at least one.", nameof(members));
}
