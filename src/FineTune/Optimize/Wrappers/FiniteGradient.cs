using static TorchSharp.torch;

namespace FineTune.Optimize.Wrappers;

/// <summary>Refuses a gradient that is not finite, before anything is changed.</summary>
/// <param name="inner">The rule that steps.</param>
internal sealed class FiniteGradient(Optimizer inner) : OptimizerWrapper(inner)
{
    /// <summary>Refuses the gradient of the moment; a rule that looks a second time asks again, and puts w back before.</summary>
    /// <param name="vector">Whose gradient.</param>
    /// <param name="step">The step, from 1.</param>
    /// <exception cref="GradientException">It is not finite.</exception>
    public static void Require(ParameterVector vector, long step)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var norm = vector.G.norm().cpu().item<float>();
        if (!float.IsFinite(norm))
            throw new GradientException(norm, step);
    }

    public override void Step(double lr, Func<double> evaluate)
    {
        Require(Vector, T + 1);
        Inner.Step(lr, evaluate);
    }
}
