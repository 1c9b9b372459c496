using static TorchSharp.torch;

namespace FineTune.Optimize.Wrappers;

/// <summary>Refuses a gradient that is not finite, before anything is changed.</summary>
/// <param name="inner">The rule that steps.</param>
internal sealed class FiniteGradient(Optimizer inner) : OptimizerWrapper(inner)
{
    public override void Step(double lr, Func<double> evaluate)
    {
        RequireFinite();
        Inner.Step(lr, evaluate);
    }

    private void RequireFinite()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var norm = Vector.G.norm().cpu().item<float>();
        if (!float.IsFinite(norm))
            throw new GradientException(norm, T + 1);
    }
}
