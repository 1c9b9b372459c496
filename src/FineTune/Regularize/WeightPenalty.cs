using FineTune.Engine;
using FineTune.Optimize;
using static TorchSharp.torch;

namespace FineTune.Regularize;

/// <summary>
/// A penalty on weights, l1 sum |w| + l2 / 2 sum w^2: L1 alone (lasso), L2 alone (ridge), both an elastic net (Zou and Hastie
/// 2005). It is for what weight decay is for: matrices and filters, not biases nor the gains of norms.
/// </summary>
/// <param name="L1">At least 0.</param>
/// <param name="L2">At least 0.</param>
public sealed record WeightPenalty(double L1, double L2)
{
    /// <summary>Adds l1 sign(w) + l2 w to the gradient of a vector.</summary>
    /// <param name="vector">Its G is changed.</param>
    /// <returns>The penalty at its w.</returns>
    public double AddTo(ParameterVector vector)
    {
        if (L1 == 0 && L2 == 0)
            return 0;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var penalty = zeros([1], ScalarType.Float64, vector.W.device);
        foreach (var s in vector.TrainableSegments.Where(s => s.Decays))
        {
            using var inner = NewDisposeScope();
            var w = vector.W.narrow(0, s.Offset, s.Length);
            var g = vector.G.narrow(0, s.Offset - vector.Line, s.Length);
            if (L1 > 0)
                g.Add(w.sign(), L1);
            if (L2 > 0)
                g.Add(w, L2);
            penalty.Add(Value(w));
        }

        return penalty.cpu().item<double>();
    }

    /// <summary>The penalty as a function that can be differentiated; null where there is none.</summary>
    /// <param name="parameters">All that train; those of one dimension are left out.</param>
    internal Tensor? Of(IEnumerable<Tensor> parameters) => L1 == 0 && L2 == 0
        ? null
        : parameters.Where(p => p.dim() > 1).Select(Value).Aggregate((Tensor?)null, (sum, p) => sum is null ? p : sum.Plus(p));

    private Tensor Value(Tensor w) => w.abs().sum().Times(L1).Plus(w.Power(2).sum().Times(L2 / 2));
}
