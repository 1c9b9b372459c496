using System.Diagnostics.CodeAnalysis;
using FineTune.Evaluate;
using FineTune.Optimize;
using FineTune.Train.Sources;
using FineTune.Transfer.Heads;
using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>The training loop.</summary>
public sealed class Trainer
{
    private const int BeforeFirstEpoch = -1;

    private readonly Action<TrainEvent> _listener;
    private readonly TimeProvider _time;
    private readonly Func<int, TrainerParts> _open;
    private readonly long _perEpoch;
    private TrainerParts _parts;
    private CancellationToken _stop;
    private BatchStep _batchStep;
    private double _lr;
    private TrainState _state = TrainState.Start;
    private long _savedStep;
    private long _savedAt;

    /// <summary>A loop before its first step.</summary>
    /// <param name="parts">What it works with in the first phase.</param>
    /// <param name="listener">Told what happens.</param>
    /// <param name="time">The clock that checkpoints between epochs go by.</param>
    /// <param name="open">Makes the parts of another phase in place of those of the one before; null where there is one.</param>
    public Trainer(TrainerParts parts, Action<TrainEvent> listener, TimeProvider time, Func<int, TrainerParts>? open = null)
    {
        (_listener, _time, _perEpoch, _savedAt) = (listener, time, parts.Training.BatchesPerEpoch, time.GetTimestamp());
        _open = open ?? (phase => phase == parts.Phase.Index ? parts : throw new FineTuneException($"The run has no phase {phase + 1}."));
        Enter(parts);
    }

    /// <summary>Where the run stands.</summary>
    public TrainState State => _state;

    /// <summary>What the network said about the validation images after the last epoch; null before the first.</summary>
    public Predictions? LastPredictions { get; private set; }

    /// <summary>The same after the best epoch; null where that was before the run was resumed.</summary>
    public Predictions? BestPredictions { get; private set; }

    /// <summary>Takes up a run where a checkpoint left it.</summary>
    /// <param name="saved">The checkpoint.</param>
    /// <exception cref="FineTuneException">It is of another recipe.</exception>
    internal void Resume(SavedState saved)
    {
        var state = new CheckpointStore(_parts).Restore(saved, phase =>
        {
            if (phase != _parts.Phase.Index)
                Enter(_open(phase));
            return _parts.Optimizer;
        });
        if (saved.InsteadOfNewest is { } why)
            _listener(new TrainEvent.ResumedElsewhere(why));
        (_state, _savedStep) = (state, state.Step);
        _batchStep.MicroBatches = state.MicroBatches ?? _batchStep.MicroBatches;
        _parts.Optimizer.T = state.Step - (_parts.Phase.FirstEpoch * _perEpoch);
        if (state.Phase > 0)
            _listener(new TrainEvent.PhaseBegan(state.Phase));
    }

    /// <summary>Trains to the end of the recipe, or until asked to stop; a checkpoint is kept either way.</summary>
    /// <param name="stop">Asks it to write a checkpoint and leave after the step in hand.</param>
    /// <returns>True if the recipe's end was reached, its last epoch's or early stopping's.</returns>
    /// <exception cref="FineTuneException">The loss or the gradient is not finite, or the disk refuses a file.</exception>
    public bool Run(CancellationToken stop)
    {
        _stop = stop;
        if (_state.Step == 0)
            Begin();
        while (RunPhase())
        {
            if (_parts.Phase.IsLast)
            {
                if (LastPredictions is null) // the end was reached before, and perhaps nobody told of it
                {
                    SwapAverage();
                    LastPredictions = _parts.Validation.Predict();
                    SwapAverage();
                }

                return true;
            }

            var before = _parts.Phase;
            Enter(_open(before.Index + 1));
            var goesOn = !before.OwnSchedule && !_parts.Phase.OwnSchedule; // the run's schedule, and where it stands
            _state = _state with { Phase = _parts.Phase.Index, Plateau = goesOn ? _state.Plateau : null };
            _listener(new TrainEvent.PhaseBegan(_state.Phase));
        }

        return false;
    }

    /// <summary>
    /// Measures a fitted head, which training has to beat, and saves: a run that is killed before its first epoch ends can be resumed
    /// too.
    /// </summary>
    private void Begin()
    {
        if (_parts.Recipe.Head.Init == HeadInit.Exact && _state.BestTop1 < 0)
        {
            LastPredictions = _parts.Validation.Predict();
            var score = Score.Of(LastPredictions);
            KeepBest(score, BeforeFirstEpoch);
            _listener(new TrainEvent.Began(score));
        }

        Save();
    }

    [MemberNotNull(nameof(_parts), nameof(_batchStep))]
    private void Enter(TrainerParts parts)
    {
        _parts = parts;
        _lr = parts.Phase.Lr;
        _batchStep = new BatchStep(parts, Divided, _state.MicroBatches);
        _batchStep.Ranks.AskedToStop = () => _stop.IsCancellationRequested;
    }

    private void Divided(int microBatches)
    {
        _state = _state with { MicroBatches = microBatches };
        _listener(new TrainEvent.BatchDivided(microBatches));
    }

    /// <returns>True if the phase's end was reached.</returns>
    private bool RunPhase()
    {
        var (end, total) = (_perEpoch * _parts.Phase.EndEpoch, _perEpoch * _parts.Recipe.Epochs);
        var snapshots = _parts.Phase.SnapshotSteps(_parts.Recipe, _parts.Schedule, _perEpoch).ToList();
        using var audit = new FreezeAudit(_parts, fresh: _state.Step == _perEpoch * _parts.Phase.FirstEpoch);
        while (_state.Step < end && !EndsEarly)
        {
            var epoch = (int)(_state.Step / _perEpoch);
            if (_state.Step % _perEpoch == 0)
                _state = _state with { Epoch = default };
            _parts.Line.Train();
            if (!Prepare(epoch))
                return Leave();
            foreach (var batch in _parts.Training.Epoch(epoch, (int)(_state.Step % _perEpoch)))
            {
                Step(batch, epoch, audit);
                if (snapshots.Contains(_state.Step))
                    TakeSnapshot(snapshots.IndexOf(_state.Step) + 1);
                if (_state.Step % _perEpoch == 0)
                    break; // the epoch's end has its own checkpoint
                if (Stops)
                    return Leave();
                if (CheckpointIsDue())
                {
                    NotFinite.Refuse(_parts, _state.Step);
                    Save();
                }
            }

            EndEpoch(epoch);
            if (EndsEarly && _state.Step < end)
                _listener(new TrainEvent.StoppedEarly(epoch, _state.Step));
            else if (Stops && _state.Step < total)
                return Leave();
        }

        audit.End();
        return true;
    }

    /// <returns>False where the run was asked to stop before the epoch's batches were there.</returns>
    private bool Prepare(int epoch)
    {
        try
        {
            _parts.Training.Prepare(epoch, _parts.Ranks.Size == 1 ? _stop : CancellationToken.None); // the others would wait
            return true;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Step(TrainBatch batch, int epoch, FreezeAudit audit)
    {
        var lr = Lr(_state.Step);
        var (loss, right) = Take(batch, epoch, lr);
        if (!double.IsFinite(loss))
            throw NotFinite.Step(_parts, batch, _state.Step + 1, "loss", loss);
        NotFinite.RefuseUpdate(_parts, batch, _state.Step + 1);
        _state = _state with { Step = _state.Step + 1, Epoch = _state.Epoch.With(loss, right, batch.Indices.Count) };
        audit.After(lr);
        _listener(new TrainEvent.Stepped(_state.Step, epoch, batch.Indices.Count, loss, lr));
    }

    private (double Loss, long Right) Take(TrainBatch batch, int epoch, double lr)
    {
        try
        {
            return _batchStep.Take(batch, epoch, _state.Step, lr, _parts.Schedule.Momentum(_state.Step - ScheduleStart));
        }
        catch (GradientException e)
        {
            throw NotFinite.Step(_parts, batch, _state.Step + 1, "gradient's norm", e.Norm);
        }
    }

    /// <summary>Whether the run is to be left: on several ranks, after the same step on all.</summary>
    private bool Stops => _parts.Ranks.Size == 1 ? _stop.IsCancellationRequested : _batchStep.Ranks.Stops;

    private bool EndsEarly => _parts.Recipe.EarlyStopping.Ends(_state.EarlyStop);

    private long ScheduleStart => _perEpoch * _parts.Phase.ScheduleEpoch;

    private double Lr(long step) => _lr * _parts.Schedule.Factor(step - ScheduleStart, _state.Plateau);

    private void EndEpoch(int epoch)
    {
        NotFinite.Refuse(_parts, _state.Step);
        RankCheck.Refuse(_parts, _state.Step);
        var lr = Lr(_state.Step - 1);
        SwapAverage();
        LastPredictions = _parts.Validation.Predict();
        var score = Score.Of(LastPredictions);
        var best = score.Top1 > _state.BestTop1 || (score.Top1 == _state.BestTop1 && score.Nll < _state.BestNll);
        if (best)
            KeepBest(score, epoch);

        if (_parts.Schedule.Plateau is { } plateau)
            _state = _state with { Plateau = plateau.After(_state.Plateau, plateau.Higher ? score.Top1 : score.Nll) };
        if (_parts.Phase.IsLast) // what comes before it ends when it was to end
            _state = _state with { EarlyStop = _parts.Recipe.EarlyStopping.After(_state.EarlyStop, score.Nll, score.Top1) };
        SwapAverage();

        // Told before it is saved: a run that is killed between the two tells it again, and would else never have told it.
        var learned = _state.Epoch;
        _listener(new TrainEvent.EpochEnded(
            epoch, _state.Step, learned.Loss / learned.Images, (double)learned.Right / learned.Images, score, lr, best));
        Save();
    }

    private void KeepBest(Score score, int epoch)
    {
        _state = _state with { BestTop1 = score.Top1, BestNll = score.Nll, BestEpoch = epoch };
        BestPredictions = LastPredictions;
        if (_parts.Writes)
            Checkpoint.SaveWeights(_parts.Folder.Best, _parts.Network, _parts.Classes);
    }

    /// <summary>Puts averaged weights in place of w to be measured and kept, and w back: the second call undoes the first.</summary>
    private void SwapAverage()
    {
        if (_parts.Optimizer.Averaged is not { } average)
            return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Swap(_parts.Vector.W.narrow(0, _parts.Vector.Line, _parts.Vector.Trainable), average);
        if (_parts.Optimizer.AveragedStatistics is { } statistics)
            Swap(_parts.Vector.Statistics, statistics);

        static void Swap(Tensor now, Tensor averaged)
        {
            var kept = now.clone();
            now.copy_(averaged);
            averaged.copy_(kept);
        }
    }

    private void TakeSnapshot(int number)
    {
        NotFinite.Refuse(_parts, _state.Step);
        SwapAverage();
        if (_parts.Writes)
            Checkpoint.SaveWeights(_parts.Folder.Snapshot(number), _parts.Network, _parts.Classes);
        SwapAverage();
        _listener(new TrainEvent.SnapshotTaken(number, _state.Step));
    }

    private bool Leave()
    {
        NotFinite.Refuse(_parts, _state.Step);
        Save();
        _listener(new TrainEvent.Stopped(_state.Step));
        return false;
    }

    /// <summary>Writes a checkpoint of where the run stands.</summary>
    internal void Save()
    {
        if (_parts.Writes)
            new CheckpointStore(_parts).Save(_state);
        (_savedStep, _savedAt) = (_state.Step, _time.GetTimestamp());
    }

    private bool CheckpointIsDue() =>
        (_parts.Recipe.Checkpoint.Steps > 0 && _state.Step - _savedStep >= _parts.Recipe.Checkpoint.Steps)
        || (_parts.Recipe.Checkpoint.Minutes > 0 && _time.GetElapsedTime(_savedAt).TotalMinutes >= _parts.Recipe.Checkpoint.Minutes);
}
