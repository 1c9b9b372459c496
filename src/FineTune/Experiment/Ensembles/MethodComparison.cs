using System.Diagnostics;
using FineTune.Data;
using FineTune.Ensemble;
using FineTune.Evaluate;
using FineTune.Evaluate.Statistics;

namespace FineTune.Experiment.Ensembles;

/// <summary>An ensemble beside what else its cost could have bought, on the same images; every choice is made on validation.</summary>
/// <param name="Rows">The best single member first.</param>
/// <param name="Independent">
/// Calibrated nll of ensembles of 1, 2 ... of the independent runs, the mean over all choices; empty where there are none.
/// </param>
public sealed record MethodComparison(IReadOnlyList<MethodRow> Rows, IReadOnlyList<double> Independent)
{
    private const int MostSubsets = 200;

    /// <summary>Compares.</summary>
    /// <param name="ways">Each a name, what it costs to train, how often it looks, and what it says; the best single member first.</param>
    /// <param name="choosing">The validation images.</param>
    /// <param name="measuring">The measured ones; the same object where these are the validation images.</param>
    /// <param name="independent">Positions in <paramref name="ways"/> of independent runs.</param>
    internal static MethodComparison Of(
        IReadOnlyList<Way> ways, IReadOnlyList<Sample> choosing, IReadOnlyList<Sample> measuring, IReadOnlyList<int> independent)
    {
        var said = ways.Select(w => Said(w, choosing, measuring)).ToArray();
        var single = said[0].Measured;
        var tests = said.Select(s => McNemar.Of(s.Measured, single)).ToArray();
        var adjusted = Holm.Adjust([.. tests.Skip(1).Select(t => t.PValue)]);
        var curve = independent.Count < 2 ? [] : Growth([.. independent.Select(k => said[k])]);
        var rows = said.Select((s, k) =>
        {
            var tempered = Score.Of(MethodRow.Temper(s.Validation, s.Measured));
            return new MethodRow(
                ways[k].Name,
                Score.Of(s.Measured),
                tempered,
                ways[k].TrainingSeconds,
                s.Seconds,
                ways[k].Looks,
                k == 0 ? null : tests[k],
                k == 0 ? null : PairedBootstrap.Of(s.Measured, single),
                k == 0 ? null : adjusted[k - 1])
            {
                Equivalent = curve.Length == 0 ? null : DeepEnsembleEquivalent.Of(curve, tempered.Nll),
            };
        });
        return new MethodComparison([.. rows], curve);
    }

    private static (Predictions Validation, Predictions Measured, double Seconds) Said(
        Way way, IReadOnlyList<Sample> choosing, IReadOnlyList<Sample> measuring)
    {
        var start = Stopwatch.GetTimestamp();
        var measured = way.Predict(measuring);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (ReferenceEquals(choosing, measuring) ? measured : way.Predict(choosing), measured, seconds);
    }

    /// <summary>The calibrated nll of ensembles of so many of the runs, the mean over the first choices of them.</summary>
    private static double[] Growth(IReadOnlyList<(Predictions Validation, Predictions Measured, double Seconds)> runs) =>
    [
        .. Enumerable.Range(1, runs.Count).Select(size => Subsets(runs.Count, size).Take(MostSubsets).Average(subset =>
        {
            var measured = Predictions.Average([.. subset.Select(k => runs[k].Measured)]);
            var same = ReferenceEquals(runs[0].Validation, runs[0].Measured);
            var validation = same ? measured : Predictions.Average([.. subset.Select(k => runs[k].Validation)]);
            return Score.Of(MethodRow.Temper(validation, measured)).Nll;
        })),
    ];

    private static IEnumerable<int[]> Subsets(int n, int size)
    {
        if (size == 0)
            return [[]];
        return Enumerable.Range(0, n).SelectMany(last => Subsets(last, size - 1).Select(rest => (int[])[.. rest, last]));
    }
}

/// <summary>A way to make predictions that is to be measured.</summary>
/// <param name="Name">What it is.</param>
/// <param name="TrainingSeconds">What its runs took; null where that is not known.</param>
/// <param name="Looks">How often a network looks at an image.</param>
/// <param name="Predict">What it says about images.</param>
internal sealed record Way(string Name, double? TrainingSeconds, int Looks, Func<IReadOnlyList<Sample>, Predictions> Predict);
