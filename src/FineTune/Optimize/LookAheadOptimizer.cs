using FineTune.Optimize.Rules;
using FineTune.Optimize.Wrappers;
using static TorchSharp.torch;

namespace FineTune.Optimize;

/// <summary>Nesterov's momentum that goes to the look-ahead point and asks for the gradient there: two gradients a step.</summary>
internal sealed class LookAheadOptimizer : Optimizer
{
    private readonly double _momentum;
    private readonly Tensor[] _slots;
    private readonly Passes _passes;
    private readonly KeptWeights _before = new();

    public LookAheadOptimizer(ParameterVector vector, IReadOnlyList<ParameterGroup> groups, double momentum)
        : base(vector, groups)
    {
        _momentum = momentum;
        _slots = [.. NesterovLookAhead.Slots.Select(Remember)];
        _passes = new Passes(vector, [.. groups.Select(g => g.Runs())]);
    }

    public override void Dispose()
    {
        _before.Dispose();
        base.Dispose();
    }

    public override void Step(double lr, Func<double> evaluate)
    {
        var mu = Momentum ?? _momentum;
        using var w = TrainableWeights();
        _before.Keep(w);
        _passes.Run([.. Groups.Select(_ => new LookAhead(mu))], w, Vector.G, _slots);
        _ = evaluate();
        try
        {
            FiniteGradient.Require(Vector, T + 1);
        }
        catch (GradientException)
        {
            _before.PutBack(w);
            throw;
        }

        T++;
        _passes.Run([.. Groups.Select(g => new NesterovLookAhead(lr * g.LrScale, mu, g.WeightDecay))], w, Vector.G, _slots);
    }
}
