using FineTune.Data;
using FineTune.Evaluate;
using FineTune.Optimize;
using FineTune.Train;

namespace FineTune.Experiment.Auto;

/// <summary>Short trainings on a part of the training images, measured on the rest of them; after each the weights are as before.</summary>
internal sealed class Trial : IDisposable
{
    private const double Warmup = 0.1;

    private readonly Experiment _experiment;

    /// <summary>Builds the network with its starting weights, and fits the head to this part of the images.</summary>
    /// <param name="recipe">Says what trains, batch, augmentation and head.</param>
    /// <param name="fold">Its training split is learned from, its validation split measured.</param>
    /// <param name="inspection">What is known of the files.</param>
    /// <param name="decoded">Decoded images.</param>
    public Trial(Recipe recipe, Dataset fold, Inspection inspection, DecodedCache decoded) =>
        _experiment = Experiment.Of(recipe, fold, inspection, decoded);

    /// <summary>What it works with.</summary>
    public TrainerParts Parts => _experiment.Parts;

    /// <summary>What the starting weights with the fitted head say about the held-out images.</summary>
    public PlanTrial Start() => Measured(0, 0, 0);

    /// <summary>Trains from the starting weights by a cosine of the learning rate after a warm-up of a tenth.</summary>
    /// <param name="lr">The highest rate.</param>
    /// <param name="steps">Steps.</param>
    /// <param name="stop">Ends it.</param>
    public PlanTrial Train(double lr, int steps, CancellationToken stop)
    {
        using var backup = new TrainingBackup(Parts);
        var step = new BatchStep(Parts);
        var (taken, start) = (0, TimeProvider.System.GetTimestamp());
        Parts.Line.Train();
        for (var epoch = 0; ; epoch++)
        {
            foreach (var batch in Parts.Training.Epoch(epoch, 0))
            {
                stop.ThrowIfCancellationRequested();
                if (!Takes(step, batch, epoch, taken, lr * Factor(taken, steps)))
                    return Diverged(lr, steps, Seconds());
                if (++taken == steps)
                    return Measured(lr, steps, Seconds());
            }
        }

        double Seconds() => TimeProvider.System.GetElapsedTime(start).TotalSeconds;
    }

    /// <inheritdoc/>
    public void Dispose() => _experiment.Dispose();

    private static double Factor(int step, int steps)
    {
        var warm = Warmup * steps;
        return step < warm ? (step + 1) / (warm + 1) : 0.5 * (1 + Math.Cos(Math.PI * (step - warm) / (steps - warm)));
    }

    private static bool Takes(BatchStep step, Train.Sources.TrainBatch batch, int epoch, int taken, double lr)
    {
        try
        {
            return double.IsFinite(step.Take(batch, epoch, taken, lr, null).Loss);
        }
        catch (GradientException)
        {
            return false;
        }
    }

    private PlanTrial Diverged(double lr, int steps, double seconds) =>
        Row(lr, steps, Parts.Validation.Samples.Count, 0, double.PositiveInfinity, seconds);

    private PlanTrial Row(double lr, int steps, int heldOut, double top1, double nll, double seconds) =>
        new(Parts.Recipe.Optimizer.Name, Parts.Phase.Trainable, lr, steps, heldOut, top1, nll, seconds);

    private PlanTrial Measured(double lr, int steps, double seconds)
    {
        try
        {
            var score = Score.Of(Parts.Validation.Predict());
            return Row(lr, steps, score.N, score.Top1, score.Nll, seconds);
        }
        catch (FineTuneException) when (steps > 0) // outputs that are not finite
        {
            return Diverged(lr, steps, seconds);
        }
    }
}
