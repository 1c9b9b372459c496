using FineTune.Evaluate;
using FineTune.Evaluate.Statistics;

namespace FineTune.Ensemble;

/// <summary>One member beside the ensemble that ends with it.</summary>
/// <param name="Name">The member, such as a snapshot's file.</param>
/// <param name="Alone">Its own score.</param>
/// <param name="Growing">The score of the mean of the probabilities of this member and all above it.</param>
public sealed record EnsembleRow(string Name, Score Alone, Score Growing);

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
    /// <summary>The exact two-sided p-value that the two differ.</summary>
    public double PValue => new McNemar(OnlySingleRight, OnlyEnsembleRight).PValue;
}
