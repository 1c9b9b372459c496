using FineTune.Engine;
using FineTune.Optimize;
using FineTune.Optimize.SecondOrder;
using FineTune.Regularize;
using FineTune.Train.Sources;
using FineTune.Transfer;
using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>One optimizer step on one batch: what training is made of, and what the search for a learning rate tries out.</summary>
/// <param name="parts">What it works with.</param>
/// <param name="halved">Told the micro-batches of a batch where memory ran out and they became half as large.</param>
/// <param name="microBatches">Parts that a batch is divided into at first; null: as the recipe says.</param>
internal sealed class BatchStep(TrainerParts parts, Action<int>? halved = null, int? microBatches = null)
{
    private readonly GradientShaping _shaping = new(parts.Recipe.Gradient, parts.Recipe.Seed);
    private readonly WeightPenalty _penalty = new(parts.Recipe.Regularize.L1, parts.Recipe.Regularize.L2);

    /// <summary>What passes between the ranks.</summary>
    public RankStep Ranks { get; } = new(parts);

    /// <summary>Parts that a batch is divided into, those of all ranks together.</summary>
    public int MicroBatches { get; set; } = microBatches ?? parts.Recipe.Gradient.Accumulate;

    /// <summary>Steps, unless the loss is not finite: then nothing moves but batch-norm statistics.</summary>
    /// <param name="batch">What is learned from; disposed.</param>
    /// <param name="epoch">Its epoch, from 0: decides dropout's masks, with the step.</param>
    /// <param name="step">Steps already taken.</param>
    /// <param name="lr">The scheduled learning rate.</param>
    /// <param name="momentum">The scheduled momentum; null: the rule's own.</param>
    /// <returns>Loss before the step, penalty included, and how many images were right.</returns>
    public (double Loss, long Right) Take(TrainBatch batch, int epoch, long step, double lr, double? momentum)
    {
        using var input = batch.Input;
        using var labels = batch.Labels;
        using var soft = parts.SoftLabels?.Of(batch.Indices, input.device);
        var targets = new Targets(labels, soft) { First = batch.First };
        var result = Evaluate(input, targets, epoch, step);
        if (!double.IsFinite(result.Loss))
            return result;
        parts.Optimizer.Momentum = momentum;
        parts.Optimizer.Hessian = () => Hessian(input, targets, epoch, step);
        parts.Optimizer.Step(lr, () => EvaluateAgain(input, targets, epoch, step));
        return result;
    }

    /// <summary>Another look at the same batch, which batch-norm statistics have seen already.</summary>
    private double EvaluateAgain(Tensor input, Targets targets, int epoch, long step)
    {
        using var statistics = Copy(parts.Vector.Statistics);
        var loss = Evaluate(input, targets, epoch, step).Loss;
        using (no_grad())
            parts.Vector.Statistics.copy_(statistics);
        return loss;
    }

    /// <summary>
    /// Loss and gradient of a batch at the weights of the moment. Where memory does not suffice the micro-batch is halved, for
    /// the rest of the run, and batch-norm statistics go back to where they were.
    /// </summary>
    /// <exception cref="FineTuneException">Memory does not suffice for a single image.</exception>
    private (double Loss, long Right) Evaluate(Tensor input, Targets targets, int epoch, long step)
    {
        using var statistics = Copy(parts.Vector.Statistics);
        while (true)
        {
            try
            {
                return EvaluateOnce(input, targets, epoch, step);
            }
            catch (Exception e) when (IsOutOfMemory(e))
            {
                if (parts.Ranks.Size > 1)
                {
                    throw new FineTuneException("Memory does not suffice for a rank's part of a batch: "
                        + $"{Reason(e)}; begin the run with more parts (--set gradient.accumulate={2 * MicroBatches}).", e);
                }
                if (MicroBatches >= input.size(0))
                {
                    throw new FineTuneException("Memory does not suffice for a step on a single image: "
                        + $"{Reason(e)}; choose a smaller input.size or model.", e);
                }
                MicroBatches = (int)Math.Min(input.size(0), 2L * MicroBatches);
                using (no_grad())
                    parts.Vector.Statistics.copy_(statistics);
                if (Parts(input.size(0)).Any(p => p.Count == 1))
                    OneValueNorms.Refuse(parts.Line, "memory suffices for one image at a time", "choose a smaller model, or freeze it");
                halved?.Invoke(MicroBatches);
            }
        }
    }

    private (double Loss, long Right) EvaluateOnce(Tensor input, Targets targets, int epoch, long step)
    {
        using var scope = NewDisposeScope();
        parts.Vector.ZeroGradient();
        var images = targets.Labels.size(0);
        var all = Parts(images).ToArray();
        var (first, slots) = Mine(all.Length);
        var mine = all.Skip(first).Take(slots).ToArray();
        var synced = parts.Recipe.BatchNormSync && parts.Ranks.Size > 1; // all ranks follow the same statistics
        using var statistics = all.Length > 1 && !synced ? new PartStatistics(parts.Vector, parts.Line) : null;
        Ranks.Forget();
        var weight = parts.Loss.Weight(targets.Labels);
        var (losses, right) = (new List<double>(), 0L);
        foreach (var (at, count) in mine)
        {
            SeedDropout(epoch, step, first + losses.Count);
            statistics?.Begin();
            var y = targets.Narrow(at, count);
            var logits = parts.Training.Forward(input.narrow(0, at - targets.First, count)); // [count, classes]
            var part = Loss(logits, y, parts.Loss.Weight(y.Labels) / weight, (double)count / images);
            part.backward();
            statistics?.End();
            Ranks.End(slots);
            losses.Add(part.cpu().item<float>());
            right += logits.argmax(1).eq(y.Labels).sum().cpu().item<long>();
        }

        (var loss, right) = Ranks.Agree(step, losses, right);
        Ranks.Sum(slots);
        statistics?.Join(parts.Ranks, slots, all.Length);
        loss += _penalty.AddTo(parts.Vector);
        _shaping.Apply(parts.Vector, step);
        return (loss, right);
    }

    /// <summary>The first of this rank's parts of a batch, and how many a rank has at most.</summary>
    private (int First, int Slots) Mine(int all)
    {
        var mine = MicroBatch.Of(parts.Ranks.Rank, parts.Ranks.Size, MicroBatches);
        return (mine.Start.Value, Math.Min(all, mine.End.Value - mine.Start.Value));
    }

    private IEnumerable<(long At, long Count)> Parts(long images) => MicroBatch.Parts(images, parts.Recipe.Batch, MicroBatches);

    /// <summary>The Hessian of a batch's loss at the weights of the moment.</summary>
    private HessianGraph Hessian(Tensor input, Targets targets, int epoch, long step)
    {
        if (parts.Ranks.Size > 1)
        {
            throw new FineTuneException(
                $"The optimizer {parts.Phase.Optimizer.Name} needs the Hessian of a whole batch, which one process has; train it on one.");
        }

        using var scope = NewDisposeScope();
        SeedDropout(epoch, step, part: 0);
        var loss = Loss(parts.Training.Forward(input), targets, 1, 1);
        var penalty = _penalty.Of(parts.Vector.TrainableParameters);
        return new HessianGraph(penalty is null ? loss : loss.Plus(penalty), parts.Vector.TrainableParameters);
    }

    /// <summary>What a part of a batch adds to its loss.</summary>
    /// <param name="logits">[n, classes].</param>
    /// <param name="targets">What they should be.</param>
    /// <param name="weight">The part's weight by labels among the batch's.</param>
    /// <param name="share">Its images among the batch's.</param>
    private Tensor Loss(Tensor logits, Targets targets, double weight, double share)
    {
        var hard = parts.Loss.Of(logits, targets.Labels).Times(weight);
        return targets.Soft is { } soft ? parts.SoftLabels!.Mix(hard, logits, soft, share) : hard;
    }

    /// <summary>What a batch is to be told apart as.</summary>
    /// <param name="Labels">[N] int64.</param>
    /// <param name="Soft">[N, classes] what a teacher says; null without one.</param>
    private readonly record struct Targets(Tensor Labels, Tensor? Soft)
    {
        /// <summary>The position in the batch of the first image that this rank computes.</summary>
        public int First { get; init; }

        public Targets Narrow(long at, long count) => new(Labels.narrow(0, at, count), Soft?.narrow(0, at, count));
    }

    private static Tensor Copy(Tensor vector)
    {
        using var _ = no_grad();
        return vector.clone();
    }

    /// <summary>
    /// libtorch says so by words alone: "CUDA out of memory. ...", "DefaultCPUAllocator: can't allocate memory: ...". Out of memory within
    /// oneDNN (bfloat16 on the CPU) is no exception that TorchSharp catches: it ends the process.
    /// </summary>
    private static bool IsOutOfMemory(Exception e) => e is OutOfMemoryException
        || (e is not FineTuneException && (e.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
            || e.Message.Contains("can't allocate memory", StringComparison.Ordinal)
            || e.Message.Contains("bad_alloc", StringComparison.Ordinal)));

    private static string Reason(Exception e) => e.Message.Split('\n')[0].TrimEnd('.');

    /// <summary>Dropout's masks are those of the step and the part: the same each time that the step looks, on any rank.</summary>
    private void SeedDropout(int epoch, long step, int part) =>
        Seeding.Seed(new RandomKey(parts.Recipe.Seed, epoch, step, RandomUse.Dropout).ToSeed(part));
}
