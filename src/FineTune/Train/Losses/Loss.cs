using static TorchSharp.torch;

namespace FineTune.Train.Losses;

/// <summary>
/// What training lowers: a mean over a batch's images, weighted by their classes' weights where there are any. As in PyTorch, the
/// sum of w(y) l(x, y) is divided by the sum of w(y), so that weights of one scale or another give the same loss.
/// </summary>
public abstract class Loss
{
    private readonly float[]? _classWeights;

    /// <param name="classWeights">A positive weight a class; null: all equal.</param>
    private protected Loss(IReadOnlyList<double>? classWeights) =>
        _classWeights = classWeights is null ? null : [.. classWeights.Select(w => (float)w)];

    /// <summary>The weighted mean over a batch: a scalar with a gradient.</summary>
    /// <param name="logits">[N, classes] float32, or float64 in a diagnosis.</param>
    /// <param name="labels">[N] int64, 0 to classes - 1.</param>
    public abstract Tensor Of(Tensor logits, Tensor labels);

    /// <summary>
    /// What a batch counts among others: the sum of its labels' weights. The mean over a batch is the sum of its parts' means, each
    /// times its part of the batch's weight.
    /// </summary>
    /// <param name="labels">[N] int64.</param>
    public double Weight(Tensor labels)
    {
        if (_classWeights is null)
            return labels.numel();
        using var here = labels.cpu();
        return here.data<long>().ToArray().Sum(label => (double)_classWeights[label]);
    }

    /// <summary>[classes] in the type of the logits, or null where all weigh the same. The caller's to free, as its scope is.</summary>
    private protected Tensor? ClassWeights(Tensor logits) =>
        _classWeights is null ? null : tensor(_classWeights, logits.dtype, logits.device);
}
