using static TorchSharp.torch;

namespace FineTune.Train.Losses;

/// <summary>
/// -log p(y), as PyTorch's CrossEntropyLoss: with label smoothing e, the target is 1 - e at the label plus e / classes everywhere
/// (Szegedy et al. 2016).
/// </summary>
/// <param name="classWeights">
/// A positive weight a class; null: all equal. A class's weight also scales its part of a smoothed target.
/// </param>
/// <param name="labelSmoothing">In [0, 1).</param>
internal sealed class CrossEntropy(IReadOnlyList<double>? classWeights, double labelSmoothing) : Loss(classWeights)
{
    public static LossEntry Row { get; } = new(
        "cross-entropy", "-log p of the label", [], (_, weights, smoothing) => new CrossEntropy(weights, smoothing));

    public override Tensor Of(Tensor logits, Tensor labels)
    {
        using var weight = ClassWeights(logits);
        return nn.functional.cross_entropy(logits, labels, weight, label_smoothing: labelSmoothing);
    }
}
