using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Train.Losses;

/// <summary>
/// -(1 - p(y))^gamma log p(y), p the softmax: the focal loss (Lin et al. 2017, equation 4) over many classes. What is classified well
/// counts little. With label smoothing it is the sum over classes c of -q_c w_c (1 - p_c)^gamma log p_c, q the smoothed target, so that
/// gamma 0 is the cross-entropy in every case.
/// </summary>
/// <param name="gamma">At least 0; 0 is the cross-entropy.</param>
/// <param name="classWeights">A positive weight a class, alpha in the paper's equation 5; null: all equal.</param>
/// <param name="labelSmoothing">In [0, 1).</param>
internal sealed class FocalLoss(double gamma, IReadOnlyList<double>? classWeights, double labelSmoothing) : Loss(classWeights)
{
    private const double PaperGamma = 2; // Lin et al. 2017, section 4.1

    // Below what float32 tells 1 - p from 0 by. A root of 0 has no derivative, and 0 times that is no number.
    private const double SmallestRest = 1e-12;

    public static LossEntry Row { get; } = new(
        "focal",
        "-(1 - p)^gamma log p of the label (Lin et al. 2017)",
        [new("focal_gamma", "2", "gamma, at least 0: larger values give well-classified images less weight; 0 is cross-entropy")],
        (o, weights, smoothing) => new FocalLoss(o.Within("focal_gamma", PaperGamma, 0, double.PositiveInfinity), weights, smoothing));

    public override Tensor Of(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var (n, classes) = (logits.size(0), logits.size(1));
        var rows = labels.unsqueeze(1); // [N, 1]
        var target = TensorArithmetic.Full(labelSmoothing / classes, [n, classes], logits.dtype, logits.device)
            .scatter_add_(1, rows, TensorArithmetic.Full(1 - labelSmoothing, [n, 1], logits.dtype, logits.device)); // [N, classes]
        var total = TensorArithmetic.Full(n, [], logits.dtype, logits.device);
        if (ClassWeights(logits) is { } weight)
        {
            target = target * weight;
            total = weight.index_select(0, labels).sum();
        }

        var log = logits.log_softmax(1); // [N, classes]
        var rest = (-log.expm1()).AtLeast(SmallestRest); // 1 - p, to its last digits where p is near 1
        return (-(target * rest.Power(gamma) * log).sum() / total).MoveToOuterDisposeScope();
    }
}
