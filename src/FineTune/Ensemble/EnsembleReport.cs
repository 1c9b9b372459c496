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

    /// <summary>
    /// The answer, in a sentence: whether the ensemble is better than what can be had without it, the better of the best single member and
    /// of the run's own result.
    /// </summary>
    public string Verdict
    {
        get
        {
            var ownIsBest = Result is { } own && (own.Score.Top1, -own.Score.Nll).CompareTo((Single.Top1, -Single.Nll)) > 0;
            var (other, test, name) = ownIsBest
                ? (Result!.Score, Result.Difference, "the run's own result")
                : (Single, new McNemar(OnlySingleRight, OnlyEnsembleRight), "the best single member");
            var differing = test.OnlyFirst + test.OnlySecond;
            var isTold = test.PValue <= 1 - BinomialInterval.Level;
            var open = $"the {differing} images of {Ensemble.N} that only one of them gets right are too few, or too evenly divided, "
                + "to tell";
            var nll = Ensemble.Nll < other.Nll
                ? FormattableString.Invariant($"; its NLL is lower ({Ensemble.Nll:0.000} against {other.Nll:0.000})")
                : string.Empty;
            return (Ensemble.Top1.CompareTo(other.Top1), isTold) switch
            {
                ( > 0, true) => $"yes: the ensemble is better than {name}",
                ( > 0, false) => $"not shown: the ensemble gets more images right than {name}, but {open}",
                (0, _) => $"no: the ensemble gets as many images right as {name}{nll}",
                ( < 0, true) => $"no: the ensemble is worse than {name}; use that",
                ( < 0, false) => $"no: the ensemble gets fewer images right than {name}, but {open} for sure{nll}",
            };
        }
    }

    /// <summary>The exact two-sided p-value that the two differ.</summary>
    public double PValue => new McNemar(OnlySingleRight, OnlyEnsembleRight).PValue;
}
