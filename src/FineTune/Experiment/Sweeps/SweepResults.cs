using FineTune.Evaluate.Statistics;
using FineTune.Experiment.Compare;

namespace FineTune.Experiment.Sweeps;

/// <summary>Where a configuration stands.</summary>
public enum ConfigurationStatus
{
    /// <summary>All its runs have come to their end.</summary>
    Finished,

    /// <summary>Successive halving left it behind.</summary>
    LeftBehind,

    /// <summary>A run of it cannot come to its end.</summary>
    Failed,

    /// <summary>It is still to be trained.</summary>
    Open,
}

/// <summary>A configuration in the table of a sweep.</summary>
/// <param name="Configuration">Its number, from 1.</param>
/// <param name="Settings">What it sets of the keys that vary, as key=value.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Tasks">Its runs.</param>
/// <param name="Epochs">Epochs of its runs together.</param>
public sealed record ConfigurationRow(
    int Configuration, IReadOnlyList<string> Settings, ConfigurationStatus Status, IReadOnlyList<SweepTask> Tasks, int Epochs)
{
    /// <summary>
    /// Validation accuracy, in 0..1; the mean of its runs, with the 95% interval of their spread, or for a single run that of its images.
    /// Null where it failed or is not that far.
    /// </summary>
    public ReplicateMean? Top1 { get; init; }

    /// <summary>Negative log-likelihood, the mean of its runs.</summary>
    public double? Nll { get; init; }

    /// <summary>
    /// The leader's score minus its own, of the metric that is chosen by; null for the leader, and where it is not at its end.
    /// </summary>
    public ReplicateMean? Behind { get; init; }

    /// <summary>
    /// Whether that may be chance: of the paired t over seeds or folds, or, for single runs, of McNemar's test of the accuracy; null
    /// where neither can be made.
    /// </summary>
    public double? PValue { get; init; }

    /// <summary>The same by Holm's correction for all configurations that are compared with the leader.</summary>
    public double? AdjustedP { get; init; }

    /// <summary>Why it failed, a sentence.</summary>
    public string? Failure { get; init; }

    /// <summary>SHA-256 of the final weights of its runs; none where they are not at their end.</summary>
    public IReadOnlyList<string> FinalWeights { get; init; } = [];

    /// <summary>Seconds of training; not in the file of results, which a second sweep has bit by bit.</summary>
    public double Seconds { get; init; }
}

/// <summary>What came out of a sweep.</summary>
/// <param name="Plan">What it did.</param>
/// <param name="Rows">Its configurations, the best first.</param>
/// <param name="IsDone">Whether nothing is left to be trained.</param>
/// <param name="Epochs">Epochs that were trained.</param>
/// <param name="AllEpochs">Epochs of all runs, had each come to its end; null where that is not known.</param>
public sealed record SweepResults(
    SweepPlan Plan, IReadOnlyList<ConfigurationRow> Rows, bool IsDone, long Epochs, long? AllEpochs)
{
    /// <summary>The configuration that is chosen, on the validation images; null where none has come to its end.</summary>
    public ConfigurationRow? Leader => Rows.FirstOrDefault(r => r.Status == ConfigurationStatus.Finished);

    /// <summary>What the leader scores on the test images; null where there are none, or the sweep is not done.</summary>
    public TestScore? Test { get; private init; }

    /// <summary>Why the test images could not be measured on, a sentence; null where they were, or there are none.</summary>
    public string? WhyNoTest { get; private init; }

    /// <summary>What there is to be known, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>Gathers the results, and writes them into the sweep's folder.</summary>
    internal static SweepResults Make(SweepPlan plan, SweepFolder folder)
    {
        using var held = folder.Hold(); // what is written is read under it: a later state is not written over by an earlier one
        var progress = Halving.Progress(plan, t => TaskState.Read(folder, t));
        var notes = new List<string>();
        var rows = Ranked(plan, folder, progress, notes);
        var epochs = progress.States.Values.Sum(s => (long)s.Epochs);
        long? whole = plan.Brackets.All(b => b.Rungs.Count == 1)
            ? null
            : SweepPlan.RecipeOf(folder, plan.Tasks[0]).Epochs * (long)plan.Tasks.Count;
        var results = new SweepResults(plan, rows, progress.Pending.Count == 0, epochs, whole);
        if (results is { IsDone: true, Leader: { } leader })
        {
            var (test, why) = TestScore.Of(folder, leader, OverlapOf(plan, folder, leader));
            results = results with { Test = test, WhyNoTest = why };
            if (test is not null && test.Configuration != leader.Configuration)
            {
                notes.Add($"The test images were measured on before for configuration {test.Configuration}, which led then; the leader of "
                    + "now is not measured: it would be a choice after a look at them.");
            }
        }

        results = results with { Notes = notes };
        AtomicFile.WriteJson(folder.Results, SweepJson.Of(results));
        SweepPage.Write(folder, results, progress);
        return results;
    }

    private static ConfigurationRow[] Ranked(
        SweepPlan plan, SweepFolder folder, SweepProgress progress, List<string> notes)
    {
        var rows = Enumerable.Range(1, plan.Configurations.Count).Select(c => Row(plan, folder, progress, c)).ToArray();
        var sign = plan.ByTop1 ? -1 : 1;
        rows =
        [
            .. rows.OrderBy(r => r.Status switch
                {
                    ConfigurationStatus.Finished => 0,
                    ConfigurationStatus.Open => 1,
                    ConfigurationStatus.LeftBehind => 2,
                    _ => 3,
                })
                .ThenByDescending(r => r.Status == ConfigurationStatus.LeftBehind ? progress.Rungs[r.Configuration] : 0)
                .ThenBy(r => sign * (plan.ByTop1 ? r.Top1?.Mean : r.Nll) ?? double.PositiveInfinity)
                .ThenBy(r => r.Nll ?? double.PositiveInfinity)
                .ThenBy(r => r.Configuration),
        ];
        return Compared(plan, folder, progress, rows, notes);
    }

    private static ConfigurationRow Row(SweepPlan plan, SweepFolder folder, SweepProgress progress, int configuration)
    {
        SweepTask[] tasks = [.. plan.Of(configuration)];
        var states = tasks.Select(t => progress.States[t.Number]).ToArray();
        var failure = states.FirstOrDefault(s => s.Failure is not null)?.Failure;
        var rungs = plan.Brackets.First(b => b.Configurations.Contains(configuration)).Rungs;
        var isPending = progress.Pending.Any(w => tasks.Any(t => t.Number == w.Task));
        var status = failure is not null ? ConfigurationStatus.Failed
            : isPending ? ConfigurationStatus.Open
            : states.All(s => s.Finished) ? ConfigurationStatus.Finished
            : progress.Pending.Count > 0 ? ConfigurationStatus.Open : ConfigurationStatus.LeftBehind;
        var row = new ConfigurationRow(configuration, plan.Configurations[configuration - 1], status, tasks, states.Sum(s => s.Epochs))
        {
            Failure = failure,
            Seconds = states.Sum(s => s.Seconds),
        };
        if (status is ConfigurationStatus.Failed or ConfigurationStatus.Open)
            return row;
        var at = status == ConfigurationStatus.Finished ? 0 : rungs[progress.Rungs[configuration]].Epochs;
        var scores = states.Select(s => s.After(at)!).ToArray();
        var images = RunImages.Read(folder.Run(tasks[0].Number));
        var top1 = ReplicateMean.Of([.. scores.Select(s => s.Top1)], Overlap(plan, images)).AsRate();
        if (scores.Length == 1 && images is not null)
            top1 = top1 with { Interval = BinomialInterval.OfRate(top1.Mean, images.Of(images.Watched).Count()) };
        return row with
        {
            Top1 = top1,
            Nll = scores.Average(s => s.Nll),
            FinalWeights = status == ConfigurationStatus.Finished
                ? [.. tasks.Select(t => (string)Manifest.Of(folder.Run(t.Number))!["final_weights_sha256"]!)]
                : [],
        };
    }

    /// <summary>Of folds, the images that are validated on to those that are trained on; else 0.</summary>
    private static double Overlap(SweepPlan plan, RunImages? images) => plan.Folds == 0 || images is null
        ? 0
        : (double)images.Of(images.Watched).Count() / images.Of(Data.SplitName.Train).Count();

    private static double OverlapOf(SweepPlan plan, SweepFolder folder, ConfigurationRow row) =>
        Overlap(plan, RunImages.Read(folder.Run(row.Tasks[0].Number)));

    /// <summary>Those at their end against the leader, run by run of the same seed and fold, or image by image.</summary>
    private static ConfigurationRow[] Compared(
        SweepPlan plan, SweepFolder folder, SweepProgress progress, ConfigurationRow[] rows, List<string> notes)
    {
        var finished = rows.TakeWhile(r => r.Status == ConfigurationStatus.Finished).ToArray();
        if (finished.Length < 2 || progress.Pending.Count > 0)
            return rows;
        var tested = finished[0].Tasks.Count > 1
            ? ByRuns(plan, progress, finished, OverlapOf(plan, folder, finished[0]))
            : ByImages(plan, folder, finished, notes);
        var adjusted = new Queue<double>(Holm.Adjust([.. tested.Select(r => r.PValue).OfType<double>()]));
        return
        [
            finished[0],
            .. tested.Select(r => r.PValue is null ? r : r with { AdjustedP = adjusted.Dequeue() }),
            .. rows.Skip(finished.Length),
        ];
    }

    private static ConfigurationRow[] ByRuns(
        SweepPlan plan, SweepProgress progress, ConfigurationRow[] finished, double overlap)
    {
        double[] Scores(ConfigurationRow row) => [.. row.Tasks.Select(t => progress.States[t.Number].After(0)!.Of(plan.Choose))];
        var leader = Scores(finished[0]);
        return
        [
            .. finished.Skip(1).Select(row =>
            {
                var behind = ReplicateMean.Of([.. leader.Zip(Scores(row), (a, b) => a - b)], overlap);
                return row with { Behind = behind, PValue = behind.PValue };
            }),
        ];
    }

    private static ConfigurationRow[] ByImages(SweepPlan plan, SweepFolder folder, ConfigurationRow[] finished, List<string> notes)
    {
        ComparedRun Open(ConfigurationRow row) => ComparedRun.Open(folder.Run(row.Tasks[0].Number).Path, predict: true, ensemble: false);
        var pairs = PairedRuns.WithFirst([.. finished.Select(Open)]);
        if (pairs.FirstOrDefault(p => p.NotCompared is not null)?.NotCompared is { } why)
            notes.Add($"Not all runs are compared with the leader image by image: {folder.Within(why)}");
        return
        [
            .. pairs.Select(pair => finished[pair.Second] with
            {
                Behind = (plan.ByTop1 ? pair.Bootstrap?.Top1 : pair.Bootstrap?.Nll) is { } b
                    ? new ReplicateMean(b.Value, b.Interval, null)
                    : null,
                PValue = plan.ByTop1 ? pair.McNemar?.PValue : null, // McNemar's test is of the accuracy
            }),
        ];
    }
}
