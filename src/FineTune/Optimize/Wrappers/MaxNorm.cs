using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Optimize.Wrappers;

/// <summary>
/// After each step, the weights into a unit (a row of a matrix, a filter of a convolution) whose norm is larger than c are
/// scaled down to it (Srebro and Shraibman 2005; Srivastava et al. 2014). Biases and the gains of norms are left alone.
/// </summary>
/// <param name="inner">The rule that steps.</param>
/// <param name="c">The largest norm, above 0.</param>
internal sealed class MaxNorm(Optimizer inner, double c) : OptimizerWrapper(inner)
{
    public override void Step(double lr, Func<double> evaluate)
    {
        Inner.Step(lr, evaluate);
        using var _ = no_grad();
        foreach (var s in Vector.TrainableSegments.Where(s => s.Decays))
        {
            using var scope = NewDisposeScope();
            var units = Vector.W.narrow(0, s.Offset, s.Length).view(s.Shape[0], -1);
            units.mul_(units.norm(1, keepdim: true).AtLeast(1e-30).reciprocal().Times(c).AtMost(1));
        }
    }
}
