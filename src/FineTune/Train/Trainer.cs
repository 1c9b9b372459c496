using FineTune.Evaluate;
using FineTune.Models;
using FineTune.Optimize;
using FineTune.Optimize.Schedules;
using FineTune.Train.Losses;
using FineTune.Train.Sources;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>What the loop works with: all of it made from a recipe, none of it by the loop.</summary>
public sealed record TrainerParts
{
    /// <summary>The recipe.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>The network, its head for the data's classes.</summary>
    public required Network Network { get; init; }

    /// <summary>Where learning starts.</summary>
    public required FreezeLine Line { get; init; }

    /// <summary>The network's parameters.</summary>
    public required ParameterVector Vector { get; init; }

    /// <summary>The update rule.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>The course of the learning rate.</summary>
    public required Course Schedule { get; init; }

    /// <summary>What is lowered.</summary>
    public required Loss Loss { get; init; }

    /// <summary>What it learns from.</summary>
    public required ITrainingSource Training { get; init; }

    /// <summary>What it is watched on.</summary>
    public required IValidationSource Validation { get; init; }

    /// <summary>Class names.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Where the run is kept.</summary>
    public required RunFolder Folder { get; init; }
}

/// <summary>The training loop.</summary>
/// <param name="parts">What it works with.</param>
/// <param name="listener">Told what happens.</param>
/// <param name="time">The clock that checkpoints between epochs go by.</param>
public sealed class Trainer(TrainerParts parts, Action<TrainEvent> listener, TimeProvider time)
{
    private readonly double _lr = Optimizers.Lr(parts.Recipe.Optimizer);
    private readonly BatchStep _batchStep = new(parts, accumulate => listener(new TrainEvent.BatchDivided(accumulate)));
    private readonly CheckpointStore _store = new(parts);
    private TrainState _state = TrainState.Start;
    private long _savedStep;
    private long _savedAt = time.GetTimestamp();
    private double _lossSum;
    private long _right;
    private long _seen;

    /// <summary>Where the run stands.</summary>
    public TrainState State => _state;

    /// <summary>What the network said about the validation images after the last epoch; null before the first.</summary>
    public Predictions? LastPredictions { get; private set; }

    /// <summary>
    /// Takes up a run where its last checkpoint left it, or the one before where that cannot be read; a run that was killed
    /// before its first checkpoint begins anew, which gives the same bits.
    /// </summary>
    /// <exception cref="FineTuneException">No checkpoint of this recipe can be read.</exception>
    public void Resume()
    {
        _state = _store.Restore() ?? _state;
        _savedStep = _state.Step;
    }

    /// <summary>Trains to the end of the recipe, or until asked to stop; a checkpoint is kept either way.</summary>
    /// <param name="stop">Asks it to write a checkpoint and leave after the step in hand.</param>
    /// <returns>True if the recipe's end was reached, its last epoch's or early stopping's.</returns>
    /// <exception cref="FineTuneException">The loss or the gradient is not finite, or the disk refuses a file.</exception>
    public bool Run(CancellationToken stop)
    {
        var perEpoch = parts.Training.BatchesPerEpoch;
        var total = (long)perEpoch * parts.Recipe.Epochs;
        var snapshots = Snapshots(total);
        using var audit = new FreezeAudit(parts);
        if (_state.Step == 0)
            Save(); // a run that is killed before its first epoch ends can be resumed too

        while (_state.Step < total && !EndsEarly)
        {
            var epoch = (int)(_state.Step / perEpoch);
            (_lossSum, _right, _seen) = (0, 0, 0);
            parts.Line.Train();
            foreach (var batch in parts.Training.Epoch(epoch, (int)(_state.Step % perEpoch)))
            {
                Step(batch, epoch, audit);
                if (snapshots.Contains(_state.Step))
                    TakeSnapshot(snapshots.IndexOf(_state.Step) + 1);
                if (_state.Step % perEpoch == 0)
                    break; // the epoch's end has its own checkpoint
                if (stop.IsCancellationRequested)
                    return Leave();
                if (CheckpointIsDue())
                {
                    RequireFiniteWeights();
                    Save();
                }
            }

            EndEpoch(epoch);
            if (EndsEarly && _state.Step < total)
                listener(new TrainEvent.StoppedEarly(epoch, _state.Step));
            else if (stop.IsCancellationRequested && _state.Step < total)
                return Leave();
        }

        return true;
    }

    private void Step(TrainBatch batch, int epoch, FreezeAudit audit)
    {
        var lr = Lr(_state.Step);
        var (loss, right) = Take(batch, epoch, lr);
        if (!double.IsFinite(loss))
            throw new FineTuneException(NotFinite(batch, "loss", loss));
        _state = _state with { Step = _state.Step + 1 };
        audit.After(lr);
        _lossSum += loss * batch.Indices.Count;
        _right += right;
        _seen += batch.Indices.Count;
        listener(new TrainEvent.Stepped(_state.Step, epoch, batch.Indices.Count, loss, lr));
    }

    private (double Loss, long Right) Take(TrainBatch batch, int epoch, double lr)
    {
        try
        {
            return _batchStep.Take(batch, epoch, _state.Step, lr, parts.Schedule.Momentum(_state.Step));
        }
        catch (GradientException e)
        {
            throw new FineTuneException(NotFinite(batch, "gradient's norm", e.Norm), e);
        }
    }

    private bool EndsEarly => parts.Recipe.EarlyStopping.Ends(_state.EarlyStop);

    private double Lr(long step) => _lr * parts.Schedule.Factor(step, _state.Plateau);

    private void EndEpoch(int epoch)
    {
        RequireFiniteWeights();
        var lr = Lr(_state.Step - 1);
        SwapAverage();
        LastPredictions = parts.Validation.Predict();
        var score = Score.Of(LastPredictions);
        var best = score.Top1 > _state.BestTop1 || (score.Top1 == _state.BestTop1 && score.Nll < _state.BestNll);
        if (best)
        {
            _state = _state with { BestTop1 = score.Top1, BestNll = score.Nll, BestEpoch = epoch };
            Checkpoint.SaveWeights(parts.Folder.Best, parts.Network, parts.Classes);
        }

        if (parts.Schedule.Plateau is { } plateau)
            _state = _state with { Plateau = plateau.After(_state.Plateau, plateau.Higher ? score.Top1 : score.Nll) };
        _state = _state with { EarlyStop = parts.Recipe.EarlyStopping.After(_state.EarlyStop, score.Nll, score.Top1) };
        SwapAverage();

        // Told before it is saved: a run that is killed between the two tells it again, and would else never have told it.
        listener(new TrainEvent.EpochEnded(epoch, _state.Step, _lossSum / Math.Max(1, _seen), (double)_right / Math.Max(1, _seen), score, lr, best));
        Save();
    }

    /// <summary>Puts averaged weights in place of w to be measured and kept, and w back: the second call undoes the first.</summary>
    private void SwapAverage()
    {
        if (parts.Optimizer.Averaged is not { } average)
            return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var w = parts.Vector.W.narrow(0, parts.Vector.Line, parts.Vector.Trainable);
        var kept = w.clone();
        w.copy_(average);
        average.copy_(kept);
    }

    /// <summary>After how many steps each snapshot is taken: a warm-up is no part of the cycles.</summary>
    private List<long> Snapshots(long total)
    {
        var warmup = parts.Schedule.Warmup;
        return parts.Recipe.Snapshots > 0 ? [.. Cosine.SnapshotSteps(total - warmup, parts.Recipe.Snapshots).Select(s => warmup + s)] : [];
    }

    private void TakeSnapshot(int number)
    {
        RequireFiniteWeights();
        Checkpoint.SaveWeights(parts.Folder.Snapshot(number), parts.Network, parts.Classes);
        listener(new TrainEvent.SnapshotTaken(number, _state.Step));
    }

    private bool Leave()
    {
        RequireFiniteWeights();
        Save();
        listener(new TrainEvent.Stopped(_state.Step));
        return false;
    }

    private void Save()
    {
        _store.Save(_state);
        (_savedStep, _savedAt) = (_state.Step, time.GetTimestamp());
    }

    private bool CheckpointIsDue() =>
        (parts.Recipe.Checkpoint.Steps > 0 && _state.Step - _savedStep >= parts.Recipe.Checkpoint.Steps)
        || (parts.Recipe.Checkpoint.Minutes > 0 && time.GetElapsedTime(_savedAt).TotalMinutes >= parts.Recipe.Checkpoint.Minutes);

    /// <summary>A step can end in infinity though its loss was finite; nothing of that is kept.</summary>
    private void RequireFiniteWeights()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        if (!float.IsFinite((parts.Vector.W.sum() + parts.Vector.Statistics.sum()).cpu().item<float>()))
            throw new FineTuneException($"The weights are not finite after step {_state.Step}; lower the learning rate: the last checkpoint is from before it.");
    }

    private string NotFinite(TrainBatch batch, string what, double value)
    {
        var files = string.Join(", ", batch.Indices.Take(4).Select(i => $"'{parts.Training.Samples[i].Path}'"));
        return $"The {what} is {value} at step {_state.Step + 1}, whose batch begins with {files}; norms of the gradient by stage are {Norms()}; lower the learning rate: the last checkpoint is from before it.";
    }

    /// <summary>The gradient's norm in each stage that trains.</summary>
    private string Norms()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var g = parts.Vector.G;
        return string.Join(", ", parts.Vector.TrainableSegments.GroupBy(s => s.Stage).Select(stage =>
        {
            var norm = Math.Sqrt(stage.Sum(s => g.narrow(0, s.Offset - parts.Vector.Line, s.Length).to(ScalarType.Float64).square().sum().cpu().item<double>()));
            return FormattableString.Invariant($"{parts.Network.Stages[stage.Key].Name} {norm:G3}");
        }));
    }
}
