using FineTune.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Train.Losses;

/// <summary>
/// What a teacher says of every training image. With the hard loss L, the student's logits z and the teacher's probabilities q,
/// the loss of an image is a T^2 KL(q^(T) || softmax(z / T)) + (1 - a) L, q^(T) being q^(1/T), divided by its sum (Hinton et al.
/// 2015, section 2).
/// </summary>
public sealed class SoftLabels : IDisposable
{
    private readonly DistillOptions _options;
    private readonly Tensor _targets; // [n, classes], at the temperature

    /// <param name="logProbabilities">[n, classes] in the order of the training samples; stays the caller's.</param>
    /// <param name="options">Temperature and weight.</param>
    public SoftLabels(Tensor logProbabilities, DistillOptions options)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        (_options, _targets) = (options, logProbabilities.Over(options.Temperature).softmax(1).DetachFromDisposeScope());
    }

    /// <summary>What the teacher says of some images: [N, classes], the caller's to free.</summary>
    /// <param name="indices">[N] positions in the training samples.</param>
    /// <param name="device">Where the batch is.</param>
    public Tensor Of(IReadOnlyList<int> indices, Device device)
    {
        using var _ = no_grad();
        using var rows = tensor(indices.Select(i => (long)i).ToArray());
        var here = _targets.index_select(0, rows);
        return device.type == DeviceType.CPU ? here : here.to(device, disposeAfter: true);
    }

    /// <summary>Adds the teacher's part to a hard loss of a part of a batch.</summary>
    /// <param name="hard">The part's loss by labels, times its weight in the batch.</param>
    /// <param name="logits">[n, classes].</param>
    /// <param name="soft">[n, classes] by <see cref="Of"/>.</param>
    /// <param name="share">Images of the part among those of the batch.</param>
    public Tensor Mix(Tensor hard, Tensor logits, Tensor soft, double share)
    {
        var (a, t) = (_options.Weight, _options.Temperature);
        var divergence = nn.functional.kl_div(logits.Over(t).log_softmax(1), soft, log_target: false, reduction: nn.Reduction.Sum)
            .Over(logits.size(0));
        return divergence.Times(a * t * t * share).Plus(hard.Times(1 - a));
    }

    /// <inheritdoc/>
    public void Dispose() => _targets.Dispose();
}
