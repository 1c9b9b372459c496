using FineTune.Evaluate;

namespace FineTune.Train;

/// <summary>What happens in a run. The loop tells it and knows nobody who listens.</summary>
public abstract record TrainEvent
{
    /// <summary>The validation images were predicted before the first step, by a head that was fitted to frozen features.</summary>
    /// <param name="Validation">Scores on the validation images.</param>
    public sealed record Began(Score Validation) : TrainEvent;

    /// <summary>A step was taken.</summary>
    /// <param name="Step">Steps taken so far.</param>
    /// <param name="Epoch">The epoch it belongs to, from 0.</param>
    /// <param name="Images">Images of its batch.</param>
    /// <param name="Loss">The batch's loss before the step.</param>
    /// <param name="Lr">The scheduled learning rate.</param>
    public sealed record Stepped(long Step, int Epoch, int Images, double Loss, double Lr) : TrainEvent;

    /// <summary>An epoch ended and the validation images were predicted.</summary>
    /// <param name="Epoch">The epoch, from 0.</param>
    /// <param name="Step">Steps taken so far.</param>
    /// <param name="TrainLoss">Mean loss of the epoch's training images, each as it was when its batch was learned.</param>
    /// <param name="TrainTop1">Part of them that were right, as augmented, while learning.</param>
    /// <param name="Validation">Scores on the validation images.</param>
    /// <param name="Lr">The last learning rate.</param>
    /// <param name="IsBest">Whether it is the best epoch so far.</param>
    public sealed record EpochEnded(int Epoch, long Step, double TrainLoss, double TrainTop1, Score Validation, double Lr, bool IsBest)
        : TrainEvent;

    /// <summary>A phase other than the first began: another freeze boundary, optimizer or schedule.</summary>
    /// <param name="Phase">From 0.</param>
    public sealed record PhaseBegan(int Phase) : TrainEvent;

    /// <summary>The run ended before its last epoch: validation had not got better for as long as early stopping waits.</summary>
    /// <param name="Epoch">The last epoch, from 0.</param>
    /// <param name="Step">Steps taken.</param>
    public sealed record StoppedEarly(int Epoch, long Step) : TrainEvent;

    /// <summary>A snapshot was kept.</summary>
    /// <param name="Number">From 1.</param>
    /// <param name="Step">Steps taken so far.</param>
    public sealed record SnapshotTaken(int Number, long Step) : TrainEvent;

    /// <summary>The run was asked to stop and wrote a checkpoint.</summary>
    /// <param name="Step">Steps taken so far.</param>
    public sealed record Stopped(long Step) : TrainEvent;

    /// <summary>Something about a resumed run that is not as it was.</summary>
    /// <param name="Difference">What it is, a sentence.</param>
    public sealed record ResumedElsewhere(string Difference) : TrainEvent;

    /// <summary>Something stands out that a person would want to act on.</summary>
    /// <param name="Sentence">What it is, and what to try.</param>
    public sealed record Advised(string Sentence) : TrainEvent;

    /// <summary>Memory did not suffice for a step: batches are divided into more micro-batches from here on.</summary>
    /// <param name="MicroBatches">Of a batch.</param>
    public sealed record BatchDivided(int MicroBatches) : TrainEvent;
}
