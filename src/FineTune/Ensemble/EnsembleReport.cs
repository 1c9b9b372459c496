using FineTune.Evaluate;
using FineTune.Evaluate.Metrics;
using FineTune.Evaluate.Statistics;

namespace FineTune.Ensemble;

/// <summary>One member beside the ensemble that ends with it.</summary>
/// <param name="Name">The member, such as a snapshot's file.</param>
/// <param name="Alone">Its own score.</param>
/// <param name="Growing">
/// The score of this member and all above it together; null where it was not measured: of a mean of weights, before the last.
/// </param>
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

    /// <summary>How much the members differ.</summary>
    public required Diversity Diversity { get; init; }

    /// <summary>What the best single member said about the measured images.</summary>
    public required Predictions SinglePredictions { get; init; }

    /// <summary>What the ensemble said about them.</summary>
    public required Predictions Predictions { get; init; }

    /// <summary>The result of the run whose snapshots the members are; null: they are not all the snapshots of one run.</summary>
    public OwnResult? Result { get; init; }

    /// <summary>The exact two-sided p-value that the two differ.</summary>
    public double PValue => new McNemar(OnlySingleRight, OnlyEnsembleRight).PValue;
}
