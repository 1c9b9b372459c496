using FineTune.Engine;
using static TorchSharp.torch;

namespace FineTune.Optimize.Wrappers;

/// <summary>
/// Sharpness-aware minimisation (Foret et al. 2021, algorithm 1): the gradient is taken where the loss is highest nearby,
/// at w + rho g / |g|. Each step looks twice.
/// </summary>
/// <param name="inner">The rule that steps.</param>
/// <param name="rho">The radius, above 0; 0.05 in the paper.</param>
internal sealed class Sam(Optimizer inner, double rho) : OptimizerWrapper(inner)
{
    private readonly KeptWeights _before = new();

    public override void Dispose()
    {
        _before.Dispose();
        base.Dispose();
    }

    public override void Step(double lr, Func<double> evaluate)
    {
        using var scope = NewDisposeScope();
        var w = TrainableWeights();
        _before.Keep(w);
        using (no_grad())
            w.Add(Vector.G.Times(rho / (Vector.G.norm().cpu().item<float>() + 1e-12)));
        _ = evaluate();
        _before.PutBack(w);
        FiniteGradient.Require(Vector, T + 1);
        Inner.Step(lr, evaluate);
    }
}
