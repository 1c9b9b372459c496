using FineTune.Evaluate;
using FineTune.Evaluate.Metrics;
using FineTune.Evaluate.Statistics;

namespace FineTune.Ensemble;

/// <summary>Measures an ensemble beside its members.</summary>
public static class EnsembleEvaluation
{
    /// <summary>
    /// Scores each chosen member, the growing ensemble, and the best single member beside the whole. Every choice is made on
    /// validation; weights that are fitted there are cross-fitted where they are measured there too.
    /// </summary>
    /// <param name="members">All, in order, at least one.</param>
    /// <param name="selection">Which of them.</param>
    /// <param name="method">How they are combined.</param>
    /// <param name="split">Where scores are taken.</param>
    /// <param name="chosenOn">Where choices are made.</param>
    public static EnsembleReport Of(
        IReadOnlyList<Member> members, MemberSelection selection, Combination method, string split, string chosenOn)
    {
        var chosen = Chosen(members, selection);
        var growing = Enumerable.Range(1, chosen.Count).Select(k => Together([.. chosen.Take(k)], method, split == chosenOn)).ToArray();
        var weights = method.Weights([.. chosen.Select(m => m.Validation)]);
        return Report(members, chosen, method.Name, weights, growing, split, chosenOn);
    }

    /// <summary>The same where the members became one network, whose weights are the mean of theirs.</summary>
    /// <param name="members">All, in order, at least one.</param>
    /// <param name="chosen">Those that it was made of.</param>
    /// <param name="method">How it was made.</param>
    /// <param name="averaged">What it says about the measured images.</param>
    /// <param name="split">Where scores are taken.</param>
    /// <param name="chosenOn">Where choices are made.</param>
    public static EnsembleReport OfAverage(
        IReadOnlyList<Member> members, IReadOnlyList<Member> chosen, string method, Predictions averaged, string split, string chosenOn)
    {
        var growing = Enumerable.Repeat<Predictions?>(null, chosen.Count - 1).Append(averaged).ToArray();
        return Report(members, chosen, method, [.. chosen.Select(_ => 1.0 / chosen.Count)], growing, split, chosenOn);
    }

    /// <summary>The members that a selection takes, in order.</summary>
    public static IReadOnlyList<Member> Chosen(IReadOnlyList<Member> members, MemberSelection selection) =>
        selection.Of(members, m => MemberSelection.Rank(Score.Of(m.Validation)));

    private static Predictions Together(IReadOnlyList<Member> members, Combination method, bool fittedOnMeasured) => fittedOnMeasured
        ? method.CrossFitted([.. members.Select(m => m.Measured)])
        : method.Combine([.. members.Select(m => m.Measured)], method.Weights([.. members.Select(m => m.Validation)]));

    private static EnsembleReport Report(
        IReadOnlyList<Member> members,
        IReadOnlyList<Member> chosen,
        string method,
        double[] weights,
        Predictions?[] growing,
        string split,
        string chosenOn)
    {
        var best = members.MaxBy(m => MemberSelection.Rank(Score.Of(m.Validation)))!;
        var all = growing[^1]!;
        var (onlySingle, onlyEnsemble) = McNemar.Of(best.Measured, all);
        var rows = chosen.Select(
            (m, k) => new EnsembleRow(m.Name, Score.Of(m.Measured), growing[k] is { } g ? Score.Of(g) : null, weights[k]));
        return new EnsembleReport(
            method, split, chosenOn, [.. rows], best.Name, Score.Of(best.Measured), Score.Of(all), onlySingle, onlyEnsemble)
        {
            Disagreement = [.. chosen.Select(a => (IReadOnlyList<double>)[.. chosen.Select(b => Disagreement(a.Measured, b.Measured))])],
            Diversity = Diversity.Of([.. chosen.Select(m => m.Measured)]),
            SinglePredictions = best.Measured,
            Predictions = all,
        };
    }

    /// <summary>The part of the images for which two classifiers predict other classes.</summary>
    private static double Disagreement(Predictions a, Predictions b) =>
        Enumerable.Range(0, a.Count).Count(i => a.Predicted(i) != b.Predicted(i)) / (double)a.Count;
}
