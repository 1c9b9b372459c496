using FineTune.Evaluate;

namespace FineTune.Ensemble;

/// <summary>One member beside the ensemble that ends with it.</summary>
/// <param name="Name">The member, such as a snapshot's file.</param>
/// <param name="Alone">Its own score.</param>
/// <param name="Growing">The score of this member and all above it together; null where it was not measured: of a mean of weights, before the last.</param>
/// <param name="Weight">Its part in the whole ensemble.</param>
public sealed record EnsembleRow(string Name, Score Alone, Score? Growing, double Weight);

/// <summary>Whether an ensemble is better than its best member.</summary>
/// <param name="Method">How members are combined.</param>
/// <param name="Split">Where the scores were taken.</param>
/// <param name="ChosenOn">Where members and the best single one were chosen: never on test.</param>
/// <param name="Rows">Each member, in order, with the growing ensemble.</param>
/// <param name="BestSingle">The member that was best where members are chosen.</param>
/// <param name="Single">That member's score.</param>
/// <param name="Ensemble">All members' score.</param>
/// <param name="OnlySingleRight">Images that the best single member gets right and the ensemble wrong.</param>
/// <param name="OnlyEnsembleRight">Images that the ensemble gets right and the best single member wrong.</param>
public sealed record EnsembleReport(
    string Method,
    string Split,
    string ChosenOn,
    IReadOnlyList<EnsembleRow> Rows,
    string BestSingle,
    Score Single,
    Score Ensemble,
    int OnlySingleRight,
    int OnlyEnsembleRight)
{
    /// <summary>[members][members] parts of the images for which two members predict other classes, in the order of the rows.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Disagreement { get; init; } = [];

    /// <summary>What the best single member said about the measured images.</summary>
    public required Predictions SinglePredictions { get; init; }

    /// <summary>What the ensemble said about them.</summary>
    public required Predictions Predictions { get; init; }

    /// <summary>
    /// The exact two-sided p-value that the two differ (McNemar 1947): a coin tossed for each image on which they disagree.
    /// </summary>
    public double PValue
    {
        get
        {
            var (n, k) = (OnlySingleRight + OnlyEnsembleRight, Math.Min(OnlySingleRight, OnlyEnsembleRight));
            var log = -n * Math.Log(2); // of the probability of k heads in n: 0.5^n alone underflows where n > 1074
            for (var i = 1; i <= k; i++)
                log += Math.Log((double)(n - i + 1) / i);
            var (term, tail) = (1.0, 0.0); // in units of that probability, from k heads down to none
            for (var i = k; i >= 0; i--)
            {
                tail += term;
                term *= (double)i / (n - i + 1);
            }

            return Math.Min(1, 2 * Math.Exp(log) * tail);
        }
    }
}
