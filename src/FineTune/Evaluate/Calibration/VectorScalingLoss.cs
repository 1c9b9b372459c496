using FineTune.Optimize.SecondOrder;

namespace FineTune.Evaluate.Calibration;

/// <summary>
/// The mean penalised negative log-likelihood of <see cref="VectorScaling"/>, convex in x: the scales [classes], then the offsets
/// [classes].
/// </summary>
internal sealed class VectorScalingLoss(Predictions predictions) : IObjective
{
    private readonly double[] _logits = LogProbabilities.Of(predictions); // [n, classes]

    public int Length => 2 * Classes;

    private int Classes => predictions.Classes.Count;

    public double Evaluate(Span<double> x, Span<double> gradient)
    {
        var (n, classes) = (predictions.Count, Classes);
        var p = new double[classes];
        var loss = 0.0;
        gradient.Clear();
        for (var i = 0; i < n; i++)
        {
            var label = (int)predictions.Labels[i];
            var z = _logits.AsSpan(i * classes, classes);
            Probabilities(x, i, p);
            loss -= Score.Log(p[label]);
            for (var k = 0; k < classes; k++)
            {
                var gap = p[k] - (k == label ? 1 : 0);
                gradient[k] += gap * z[k];
                gradient[classes + k] += gap;
            }
        }

        for (var k = 0; k < x.Length; k++)
        {
            var away = x[k] - (k < classes ? 1 : 0);
            loss += VectorScaling.Penalty / 2 * away * away;
            gradient[k] = (gradient[k] + (VectorScaling.Penalty * away)) / n;
        }

        return loss / n;
    }

    public IHessian Hessian(ReadOnlySpan<double> x)
    {
        var all = new double[_logits.Length];
        for (var i = 0; i < predictions.Count; i++)
            Probabilities(x, i, all.AsSpan(i * Classes, Classes));
        return new Products(this, all);
    }

    private void Probabilities(ReadOnlySpan<double> x, int image, Span<double> p)
    {
        for (var k = 0; k < p.Length; k++)
            p[k] = (x[k] * _logits[(image * p.Length) + k]) + x[p.Length + k];
        Predictions.Softmax(p);
    }

    /// <summary>H v: an image's logits change by u along v, its probabilities by r = p (u - sum p u), and the gradient by r z and r.</summary>
    private sealed class Products(VectorScalingLoss loss, double[] probabilities) : IHessian
    {
        public void Multiply(ReadOnlySpan<double> v, Span<double> result)
        {
            var classes = loss.Classes;
            var n = probabilities.Length / classes;
            var u = new double[classes];
            result.Clear();
            for (var at = 0; at < probabilities.Length; at += classes)
            {
                var mean = 0.0;
                for (var k = 0; k < classes; k++)
                {
                    u[k] = (v[k] * loss._logits[at + k]) + v[classes + k];
                    mean += probabilities[at + k] * u[k];
                }

                for (var k = 0; k < classes; k++)
                {
                    var change = probabilities[at + k] * (u[k] - mean);
                    result[k] += change * loss._logits[at + k];
                    result[classes + k] += change;
                }
            }

            for (var k = 0; k < v.Length; k++)
                result[k] = (result[k] + (VectorScaling.Penalty * v[k])) / n;
        }

        public void Dispose()
        {
        }
    }
}
