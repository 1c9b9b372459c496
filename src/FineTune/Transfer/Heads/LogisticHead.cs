using FineTune.Engine;
using FineTune.Optimize.SecondOrder;
using static TorchSharp.torch;

namespace FineTune.Transfer.Heads;

/// <summary>What cross-validation says about a penalty.</summary>
/// <param name="Penalty">l2 of <see cref="SoftmaxHead"/> in units of the features' mean variance.</param>
/// <param name="Top1">Part of the held-out samples whose class is told, in 0..1.</param>
/// <param name="Nll">Their mean negative log-likelihood.</param>
public sealed record LogisticScore(double Penalty, double Top1, double Nll);

/// <summary>Multinomial logistic regression on given features: L-BFGS to convergence, the penalty chosen by cross-validation.</summary>
public sealed class LogisticHead : IDisposable
{
    /// <summary>Parts of the samples that are held out in turn: sample i is in part i mod 5 of its class.</summary>
    public const int Folds = 5;

    private const double Tolerance = 1e-6; // of the gradient, on features of unit variance
    private readonly Tensor _features; // [n, d] float64, divided by their standard deviation
    private readonly long[] _labels;
    private readonly int _classes;
    private readonly double _scale;

    /// <summary>Keeps a copy of the features.</summary>
    /// <param name="features">[n, d], of any floating type.</param>
    /// <param name="labels">[n], each in 0 .. classes - 1.</param>
    /// <param name="classes">At least 2.</param>
    public LogisticHead(Tensor features, long[] labels, int classes)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        (_labels, _classes) = (labels, classes);
        var (x, _, variance) = HeadFeatures.Read(features);
        _scale = Math.Sqrt(variance);
        _features = x.Over(_scale).DetachFromDisposeScope();
    }

    /// <summary>Penalties from 1e-5 to 1, two a decade.</summary>
    public static IReadOnlyList<double> Penalties { get; } = [.. Enumerable.Range(0, 11).Select(k => Math.Pow(10, -5 + (k / 2.0)))];

    /// <summary>Cross-validated scores of penalties.</summary>
    public IReadOnlyList<LogisticScore> Sweep(IEnumerable<double> penalties) => [.. penalties.Select(CrossValidate)];

    /// <summary>The penalty of least held-out loss.</summary>
    public LogisticScore Choose() => Sweep(Penalties).MinBy(s => s.Nll)!;

    /// <summary>The head of a penalty: W [classes, d] and b [classes], for a Linear in double precision. The caller's to free.</summary>
    public (Tensor Weight, Tensor Bias) Fit(double penalty)
    {
        var (w, b) = Solve([.. Enumerable.Range(0, _labels.Length)], penalty);
        using (w)
            return (w.Over(_scale), b);
    }

    /// <inheritdoc/>
    public void Dispose() => _features.Dispose();

    private LogisticScore CrossValidate(double penalty)
    {
        var part = Parts();
        var (right, nll) = (0L, 0.0);
        for (var fold = 0; fold < Folds; fold++)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            int[] held = [.. Enumerable.Range(0, _labels.Length).Where(i => part[i] == fold)];
            if (held.Length == 0)
                continue;
            var (w, b) = Solve([.. Enumerable.Range(0, _labels.Length).Where(i => part[i] != fold)], penalty);
            var y = tensor(held.Select(i => _labels[i]).ToArray());
            var logits = Rows(held).mm(w.t()).Plus(b);
            right += logits.argmax(1).eq(y).sum().item<long>();
            nll += nn.functional.cross_entropy(logits, y).item<double>() * held.Length;
        }

        return new LogisticScore(penalty, (double)right / _labels.Length, nll / _labels.Length);
    }

    private (Tensor Weight, Tensor Bias) Solve(int[] rows, double penalty)
    {
        using var features = Rows(rows);
        using var head = new SoftmaxHead(features, rows.Select(i => _labels[i]).ToArray(), _classes, penalty);
        var found = new Minimizer(new LbfgsMethod(head.Length)).Run(head, new double[head.Length], Tolerance);
        if (!found.Converged)
        {
            throw new FineTuneException($"Logistic regression with penalty {penalty:0.##e+0} did not converge in {found.Iterations} steps; "
                + "the ridge head needs none.");
        }
        var d = _features.shape[1];
        var split = (int)(_classes * d);
        return (tensor(found.X[..split], [_classes, d]), tensor(found.X[split..]));
    }

    private Tensor Rows(int[] rows)
    {
        using var index = tensor(Array.ConvertAll(rows, i => (long)i));
        return _features.index_select(0, index);
    }

    private int[] Parts()
    {
        var seen = new int[_classes];
        return Array.ConvertAll(_labels, label => seen[label]++ % Folds);
    }
}
