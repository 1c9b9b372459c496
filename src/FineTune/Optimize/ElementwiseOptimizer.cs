using FineTune.Optimize.Rules;
using static TorchSharp.torch;

namespace FineTune.Optimize;

/// <summary>An optimizer that applies a rule to each element by itself.</summary>
internal sealed class ElementwiseOptimizer<R> : Optimizer
    where R : struct, IRule
{
    private readonly Func<StepContext, R> _rule;
    private readonly Tensor[] _slots;
    private readonly Passes _passes;

    public ElementwiseOptimizer(ParameterVector vector, IReadOnlyList<ParameterGroup> groups, Func<StepContext, R> rule)
        : base(vector, groups)
    {
        _rule = rule;
        _slots = [.. R.Slots.Select(Remember)];
        _passes = new Passes(vector, [.. groups.Select(g => g.Runs())]);
    }

    public override void Step(double lr, Func<double> evaluate)
    {
        T++;
        using var w = TrainableWeights();
        _passes.Run([.. Groups.Select(g => _rule(new StepContext(lr * g.LrScale, g.WeightDecay, T, Momentum)))], w, Vector.G, _slots);
    }
}
