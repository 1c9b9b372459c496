using FineTune.Optimize;
using FineTune.Optimize.SecondOrder;
using FineTune.Regularize;
using FineTune.Train.Sources;
using static TorchSharp.torch;

namespace FineTune.Train;

/// <summary>One optimizer step on one batch: what training is made of, and what the search for a learning rate tries out.</summary>
/// <param name="parts">What it works with.</param>
internal sealed class BatchStep(TrainerParts parts)
{
    private readonly GradientShaping _shaping = new(parts.Recipe.Gradient, parts.Recipe.Seed);
    private readonly WeightPenalty _penalty = new(parts.Recipe.Regularize.L1, parts.Recipe.Regularize.L2);

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
        var result = Evaluate(input, labels, epoch, step);
        if (!double.IsFinite(result.Loss))
            return result;
        parts.Optimizer.Momentum = momentum;
        parts.Optimizer.Hessian = () => Hessian(input, labels, epoch, step);
        parts.Optimizer.Step(lr, () => Evaluate(input, labels, epoch, step).Loss);
        return result;
    }

    /// <summary>Loss and gradient of a batch at the weights of the moment.</summary>
    private (double Loss, long Right) Evaluate(Tensor input, Tensor labels, int epoch, long step)
    {
        using var scope = NewDisposeScope();
        SeedDropout(epoch, step);
        parts.Vector.ZeroGradient();
        var weight = parts.Loss.Weight(labels);
        var (n, size) = (input.size(0), (input.size(0) + parts.Recipe.Gradient.Accumulate - 1) / parts.Recipe.Gradient.Accumulate);
        var (loss, right) = (0.0, 0L);
        for (var at = 0L; at < n; at += size)
        {
            var count = Math.Min(size, n - at);
            var y = labels.narrow(0, at, count);
            var logits = parts.Training.Forward(input.narrow(0, at, count)); // [count, classes]
            var part = parts.Loss.Of(logits, y) * (parts.Loss.Weight(y) / weight);
            part.backward();
            loss += part.cpu().item<float>();
            right += logits.argmax(1).eq(y).sum().cpu().item<long>();
        }

        loss += _penalty.AddTo(parts.Vector);
        _shaping.Apply(parts.Vector, step);
        return (loss, right);
    }

    /// <summary>The Hessian of a batch's loss at the weights of the moment.</summary>
    private HessianGraph Hessian(Tensor input, Tensor labels, int epoch, long step)
    {
        using var scope = NewDisposeScope();
        SeedDropout(epoch, step);
        var loss = parts.Loss.Of(parts.Training.Forward(input), labels);
        var penalty = _penalty.Of(parts.Vector.TrainableParameters);
        return new HessianGraph(penalty is null ? loss : loss + penalty, parts.Vector.TrainableParameters);
    }

    /// <summary>Dropout's masks are the step's: the same each time that the step looks.</summary>
    private void SeedDropout(int epoch, long step) => manual_seed(new RandomKey(parts.Recipe.Seed, epoch, step, RandomUse.Dropout).ToSeed());
}
