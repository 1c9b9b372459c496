using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Optimize.Rules;

/// <summary>Muon (Jordan et al. 2024): the momentum of a matrix, orthogonalised, so that all its directions step alike.</summary>
/// <param name="lr">Learning rate.</param>
/// <param name="momentum">Decay of the average gradient; the step looks ahead by one, as Nesterov's.</param>
/// <param name="weightDecay">Decoupled weight decay.</param>
internal readonly struct Muon(double lr, double momentum, double weightDecay)
{
    private const int Iterations = 5;
    private const double Eps = 1e-7;

    /// <summary>One step of a weight of two or more dimensions, seen as a matrix [out, rest].</summary>
    /// <param name="w">Weights, changed.</param>
    /// <param name="g">Gradients, of the same shape.</param>
    /// <param name="m">The average gradient, changed.</param>
    public void Step(Tensor w, Tensor g, Tensor m)
    {
        var (rows, columns) = (w.size(0), w.numel() / w.size(0));
        m.Scale(momentum).Add(g, 1 - momentum);
        var u = Orthogonal(g.Times(1 - momentum).Plus(m.Times(momentum)).view(rows, columns));
        w.Scale(1 - (lr * weightDecay));
        w.sub_(u.view(w.shape).Times(lr * Math.Sqrt(Math.Max(1, (double)rows / columns))));
    }

    /// <summary>
    /// The nearest matrix with orthonormal rows or columns, roughly: Newton-Schulz steps of a quintic that takes the singular
    /// values of x to between 0.7 and 1.2 (the authors' coefficients).
    /// </summary>
    /// <param name="x">[rows, columns]</param>
    internal static Tensor Orthogonal(Tensor x)
    {
        const double A = 3.4445, B = -4.7750, C = 2.0315;
        var tall = x.size(0) > x.size(1);
        x = tall ? x.t() : x;
        x = x / x.norm().Plus(Eps);
        for (var k = 0; k < Iterations; k++)
        {
            var xx = x.mm(x.t());
            x = x.Times(A).Plus(xx.Times(B).Plus(xx.mm(xx).Times(C)).mm(x));
        }

        return tall ? x.t().contiguous() : x;
    }
}
