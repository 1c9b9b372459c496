using System.Runtime.InteropServices;
using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Optimize.SecondOrder;

/// <summary>
/// A linear classifier on given features as a convex objective: mean cross-entropy + l2/2 |W|^2, its bias unpenalised, in double
/// precision and closed form. x is W [classes, d] by rows, then the bias [classes]. In scikit-learn's words, C = 1 / (l2 n).
/// </summary>
public sealed class SoftmaxHead : IObjective, IDisposable
{
    private readonly Tensor _features; // [n, d]
    private readonly Tensor _labels; // [n]
    private readonly Tensor _target; // [n, classes], one-hot
    private readonly int _classes;
    private readonly double _l2;

    /// <param name="features">[n, d], of any floating type; copied to double precision on the CPU.</param>
    /// <param name="labels">[n], each in 0 .. classes - 1.</param>
    /// <param name="classes">At least 2.</param>
    /// <param name="l2">At least 0; above 0 the minimum is finite and W is unique.</param>
    /// <exception cref="ArgumentException">The numbers of features and labels differ, or a label is no class.</exception>
    public SoftmaxHead(Tensor features, ReadOnlySpan<long> labels, int classes, double l2)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(l2);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        if (features.dim() != 2 || features.shape[0] != labels.Length || labels.Length == 0)
        {
            throw new ArgumentException(
                $"Features of shape [{string.Join(", ", features.shape)}] for {labels.Length} labels; [labels, d] is allowed.",
                nameof(features));
        }
        if (labels.ContainsAnyExceptInRange(0, classes - 1))
            throw new ArgumentException($"A label is not in 0 .. {classes - 1}.", nameof(labels));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        (_classes, _l2) = (classes, l2);
        _features = features.detach().to(ScalarType.Float64, CPU, copy: true).contiguous().DetachFromDisposeScope();
        _labels = tensor(labels.ToArray()).unsqueeze(1).DetachFromDisposeScope();
        _target = zeros([labels.Length, classes], ScalarType.Float64).scatter_(1, _labels, ones([labels.Length, 1], ScalarType.Float64))
            .DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public int Length => checked((int)((Features + 1) * _classes));

    private long Features => _features.shape[1];

    /// <inheritdoc/>
    public double Evaluate(Span<double> x, Span<double> gradient)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (w, bias) = Split(x);
        var logits = _features.mm(w.t()).Plus(bias); // [n, classes]
        var log = logits - logits.logsumexp(1, keepdim: true);
        var loss = -log.gather(1, _labels).mean().item<double>();
        Join((log.exp() - _target).Over(_features.shape[0]), w, gradient);
        return loss + (0.5 * _l2 * w.Power(2).sum().item<double>());
    }

    /// <inheritdoc/>
    public IHessian Hessian(ReadOnlySpan<double> x)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (w, bias) = Split(x);
        return new Products(this, _features.mm(w.t()).Plus(bias).softmax(1).DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _features.Dispose();
        _labels.Dispose();
        _target.Dispose();
    }

    private (Tensor W, Tensor Bias) Split(ReadOnlySpan<double> x)
    {
        var all = empty([x.Length], ScalarType.Float64);
        MemoryMarshal.AsBytes(x).CopyTo(all.bytes);
        return (all.narrow(0, 0, Features * _classes).view(_classes, Features), all.narrow(0, Features * _classes, _classes));
    }

    /// <summary>The derivative by (W, bias) from that by the logits, and the penalty's.</summary>
    private void Join(Tensor byLogits, Tensor w, Span<double> result)
    {
        var all = cat([byLogits.t().mm(_features).Plus(w.Times(_l2)).flatten(), byLogits.sum(0L)]);
        MemoryMarshal.Cast<byte, double>(all.bytes).CopyTo(result);
    }

    /// <summary>H v = (P o U - P o rowsum(P o U)) / n back through the features, U = the logits' change along v.</summary>
    private sealed class Products(SoftmaxHead head, Tensor probabilities) : IHessian
    {
        public void Multiply(ReadOnlySpan<double> v, Span<double> result)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var (w, bias) = head.Split(v);
            var weighted = probabilities * head._features.mm(w.t()).Plus(bias);
            head.Join((weighted - (probabilities * weighted.sum(1, keepdim: true))).Over(head._features.shape[0]), w, result);
        }

        public void Dispose() => probabilities.Dispose();
    }
}
