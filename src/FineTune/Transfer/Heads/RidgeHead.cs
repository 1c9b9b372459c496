using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Transfer.Heads;

/// <summary>What leaving each sample out says about a penalty.</summary>
/// <param name="Penalty">The penalty, in units of the features' mean variance over all samples: lambda n / trace(X'X).</param>
/// <param name="Top1">Part of the left-out samples whose class is told, in 0..1.</param>
/// <param name="Error">Mean squared error of their scores against one-hot classes.</param>
public sealed record RidgeScore(double Penalty, double Top1, double Error);

/// <summary>
/// A linear classifier by least squares onto one-hot classes with a penalty lambda |W|^2, its bias unpenalised. One
/// eigendecomposition X'X = V S V' (or of XX', whichever is smaller) serves every penalty: W = V (S + lambda)^-1 V'X'Y, and
/// what each sample would get if it were left out, (f_i - h_i y_i) / (1 - h_i) with h the diagonal of the hat matrix (Hastie et
/// al. 2009, 7.64). In double precision.
/// </summary>
public sealed class RidgeHead : IDisposable
{
    // Eigenvalues below this part of the largest are rounding.
    private const double Rank = 1e-12;

    private readonly Tensor _mean; // [d]
    private readonly Tensor _targetMean; // [classes]
    private readonly Tensor _target; // [n, classes], centred
    private readonly Tensor _labels; // [n]
    private readonly Tensor _values; // [r] eigenvalues
    private readonly Tensor _vectors; // [d, r]
    private readonly Tensor _scores; // [n, r]: X V
    private readonly double _unit; // what a penalty of 1 is in lambda

    /// <summary>Decomposes.</summary>
    /// <param name="features">[n, d], of any floating type.</param>
    /// <param name="labels">[n], each in 0 .. classes - 1.</param>
    /// <param name="classes">At least 2.</param>
    /// <exception cref="FineTuneException">The features are not finite, or all alike.</exception>
    public RidgeHead(Tensor features, long[] labels, int classes)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        (var x, var mean, _unit) = HeadFeatures.Read(features);
        _mean = mean.DetachFromDisposeScope();
        x = x - _mean;
        _labels = tensor(labels).DetachFromDisposeScope();
        var y = zeros([labels.Length, classes], ScalarType.Float64)
            .scatter_(1, _labels.unsqueeze(1), ones([labels.Length, 1], ScalarType.Float64));
        _targetMean = y.mean([0L]).DetachFromDisposeScope();
        _target = (y - _targetMean).DetachFromDisposeScope();
        var (n, d) = (x.shape[0], x.shape[1]);
        var (values, vectors) = linalg.eigh(n < d ? x.mm(x.t()) : x.t().mm(x)); // ascending
        var kept = values.gt(values.max().Times(Rank)).sum().item<long>();
        _values = values.narrow(0, values.shape[0] - kept, kept).clone().DetachFromDisposeScope();
        vectors = vectors.narrow(1, vectors.shape[1] - kept, kept);
        _vectors = (n < d ? x.t().mm(vectors) / _values.sqrt() : vectors.clone()).DetachFromDisposeScope();
        _scores = x.mm(_vectors).DetachFromDisposeScope();
    }

    /// <summary>Penalties from 1e-6 to 1e2, four a decade.</summary>
    public static IReadOnlyList<double> Penalties { get; } = [.. Enumerable.Range(0, 33).Select(k => Math.Pow(10, -6 + (k / 4.0)))];

    /// <summary>Leave-one-out scores of penalties.</summary>
    public IReadOnlyList<RidgeScore> Sweep(IEnumerable<double> penalties) => [.. penalties.Select(LeaveOneOut)];

    /// <summary>The penalty of least leave-one-out error.</summary>
    public RidgeScore Choose() => Sweep(Penalties).MinBy(s => s.Error)!;

    /// <summary>The head of a penalty: W [classes, d] and b [classes], for a Linear in double precision. The caller's to free.</summary>
    public (Tensor Weight, Tensor Bias) Fit(double penalty)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var w = _vectors.mm(Coefficients(penalty)).t().contiguous(); // [classes, d]
        var b = _targetMean - w.mv(_mean);
        return (w.DetachFromDisposeScope(), b.DetachFromDisposeScope());
    }

    /// <summary>
    /// The factor that makes a penalty's left-out scores likelihoods by softmax (Guo et al. 2017), and what they then are.
    /// </summary>
    /// <param name="penalty">The penalty.</param>
    /// <returns>The factor, and the mean negative log-likelihood of samples that were left out.</returns>
    public (double Scale, double Nll) Calibrate(double penalty)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var scores = (_target - LeftOut(penalty)).Plus(_targetMean);
        double Nll(double log) => nn.functional.cross_entropy(scores.Times(Math.Exp(log)), _labels).item<double>();
        var (low, high) = (Math.Log(0.1), Math.Log(1000)); // the loss is convex in the factor: golden-section search
        var ratio = (Math.Sqrt(5) - 1) / 2;
        for (var k = 0; k < 40; k++)
        {
            var (a, b) = (high - (ratio * (high - low)), low + (ratio * (high - low)));
            (low, high) = Nll(a) < Nll(b) ? (low, b) : (a, high);
        }

        return (Math.Exp(low), Nll(low));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var t in new[] { _mean, _targetMean, _target, _labels, _values, _vectors, _scores })
            t.Dispose();
    }

    /// <summary>(S + lambda)^-1 V'X'Y: [r, classes].</summary>
    private Tensor Coefficients(double penalty) => _scores.t().mm(_target) / _values.Plus(penalty * _unit).unsqueeze(1);

    private RidgeScore LeaveOneOut(double penalty)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var residual = LeftOut(penalty);
        var scores = (_target - residual).Plus(_targetMean);
        return new RidgeScore(
            penalty,
            scores.argmax(1).eq(_labels).to(ScalarType.Float64).mean().item<double>(),
            residual.Power(2).mean().item<double>());
    }

    /// <summary>What a left-out sample's scores lack: [n, classes].</summary>
    private Tensor LeftOut(double penalty)
    {
        var hat = (_scores.Power(2) / _values.Plus(penalty * _unit)).sum(1L).Plus(1.0 / _labels.shape[0]); // [n]; the bias takes 1/n
        return (_target - _scores.mm(Coefficients(penalty))) / hat.neg().Plus(1).AtLeast(1e-9).unsqueeze(1);
    }
}
