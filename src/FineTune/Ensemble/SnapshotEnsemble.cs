using FineTune.Evaluate;
using FineTune.Evaluate.Statistics;

namespace FineTune.Ensemble;

/// <summary>A member of an ensemble and what it said.</summary>
/// <param name="Name">Such as a snapshot's file.</param>
/// <param name="Validation">On the images that choices are made on.</param>
/// <param name="Measured">On the images that scores are taken on; the same where they are the validation images.</param>
public sealed record Member(string Name, Predictions Validation, Predictions Measured);

/// <summary>Ensembles of a run's snapshots (Huang et al. 2017): the mean of their probabilities.</summary>
public static class SnapshotEnsemble
{
    /// <summary>
    /// Scores each member, the growing ensemble, and the best member beside the whole. Every choice is made on validation.
    /// </summary>
    /// <param name="members">In the order in which they were taken.</param>
    /// <param name="selection">Which of them.</param>
    /// <param name="split">Where scores are taken.</param>
    /// <param name="chosenOn">Where choices are made.</param>
    public static EnsembleReport Evaluate(IReadOnlyList<Member> members, MemberSelection selection, string split, string chosenOn)
    {
        if (members.Count == 0)
            throw NoSnapshots();
        var validation = members.ToDictionary(m => m, m => Score.Of(m.Validation));
        var chosen = selection.Of(members, m => Rank(validation[m]));
        var rows = new List<EnsembleRow>();
        for (var k = 0; k < chosen.Count; k++)
        {
            var growing = Predictions.Average([.. chosen.Take(k + 1).Select(m => m.Measured)]);
            rows.Add(new EnsembleRow(chosen[k].Name, Score.Of(chosen[k].Measured), Score.Of(growing)));
        }

        var best = members.OrderByDescending(m => validation[m].Top1).ThenBy(m => validation[m].Nll).First();
        var all = Predictions.Average([.. chosen.Select(m => m.Measured)]);
        var (onlySingle, onlyEnsemble) = McNemar.Of(best.Measured, all);
        return new EnsembleReport("average", split, chosenOn, rows, best.Name, Score.Of(best.Measured), Score.Of(all), onlySingle, onlyEnsemble);
    }

    /// <summary>Why there is no ensemble, and what to do.</summary>
    internal static FineTuneException NoSnapshots() => new("The run has no snapshots; train it with --set snapshots=5.");

    /// <summary>What members are chosen by: the accuracy, and between equal ones the negative log-likelihood.</summary>
    internal static double Rank(Score validation) => validation.Top1 - (1e-9 * validation.Nll);
}
