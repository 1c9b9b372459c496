using FineTune.Optimize;
using FineTune.Train;
using FineTune.Train.Sources;

namespace FineTune.Diagnose;

/// <summary>
/// Looks for a learning rate (Smith 2015, section 3.3; as fastai's lr_find): trains a few steps while the rate rises exponentially,
/// watches the smoothed loss, and puts everything back. Nothing is written.
/// </summary>
public static class LrRangeTest
{
    /// <summary>Runs the test. Weights, batch-norm statistics, the optimizer and the engine's generator are afterwards as before.</summary>
    /// <param name="parts">What training works with; its schedule and folder are not used.</param>
    /// <param name="options">What to try.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="FineTuneException">An option is out of range, or the loss left all bounds too soon.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static LrRange Run(
        TrainerParts parts, LrRangeOptions options, Action<LrPoint>? progress = null, CancellationToken stop = default)
    {
        var points = Points(parts, options, progress, stop);
        return new LrRange(points, points.Count < options.Iterations, LrSuggestion.Of(points, options.Iterations));
    }

    /// <summary>The points of a test, in order, without a suggestion.</summary>
    internal static IReadOnlyList<LrPoint> Points(
        TrainerParts parts, LrRangeOptions options, Action<LrPoint>? progress, CancellationToken stop)
    {
        options.Validate();
        var points = new List<LrPoint>();
        using (new TrainingBackup(parts))
        {
            parts.Line.Train();
            foreach (var point in Walk(parts, options))
            {
                stop.ThrowIfCancellationRequested();
                points.Add(point);
                progress?.Invoke(point);
            }
        }

        return points;
    }

    /// <summary>The loss before a step; NaN where its gradient left all bounds: there the walk ends too.</summary>
    private static double Loss(BatchStep batchStep, TrainBatch batch, int epoch, int step, double lr)
    {
        try
        {
            return batchStep.Take(batch, epoch, step, lr, null).Loss;
        }
        catch (GradientException)
        {
            return double.NaN;
        }
    }

    private static IEnumerable<LrPoint> Walk(TrainerParts parts, LrRangeOptions options)
    {
        var batchStep = new BatchStep(parts);
        var (i, average, best) = (0, 0.0, double.PositiveInfinity);
        for (var epoch = 0; ; epoch++)
        {
            foreach (var batch in parts.Training.Epoch(epoch, 0))
            {
                var lr = options.Lr(i);
                var loss = Loss(batchStep, batch, epoch, i, lr);
                if (!double.IsFinite(loss))
                    yield break;
                average = (options.Smoothing * average) + ((1 - options.Smoothing) * loss);
                var smoothed = average / (1 - Math.Pow(options.Smoothing, ++i));
                yield return new LrPoint(lr, loss, smoothed);
                best = Math.Min(best, smoothed);
                if (smoothed > options.Diverged * best || i == options.Iterations)
                    yield break;
            }
        }
    }
}
