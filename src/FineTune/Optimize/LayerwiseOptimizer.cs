using FineTune.Optimize.Rules;
using static TorchSharp.torch;

namespace FineTune.Optimize;

/// <summary>
/// An optimizer whose step is scaled layer by layer, by norms of the layer: a pass that makes the direction, in the place of
/// the gradient, the norms, and a pass that steps. Biases and gains of norms step unscaled, as in the authors' experiments.
/// </summary>
internal sealed class LayerwiseOptimizer<R> : Optimizer
    where R : struct, ILayerRule
{
    private readonly Func<StepContext, R> _rule;
    private readonly Tensor[] _slots;
    private readonly (ParameterGroup Group, Segment Segment)[] _layers;
    private readonly Passes _passes;

    public LayerwiseOptimizer(ParameterVector vector, IReadOnlyList<ParameterGroup> groups, Func<StepContext, R> rule)
        : base(vector, groups)
    {
        _rule = rule;
        _slots = [.. R.Slots.Select(Remember)];
        _layers = [.. groups.SelectMany(g => g.Segments.Select(s => (g, s)))];
        _passes = new Passes(vector, [.. _layers.Select(l => new[] { (l.Segment.Offset, l.Segment.End) })]);
    }

    public override void Step(double lr, Func<double> evaluate)
    {
        T++;
        var rules = _layers.Select(l => _rule(new StepContext(lr * l.Group.LrScale, l.Group.WeightDecay, T, Momentum))).ToArray();
        using var w = TrainableWeights();
        _passes.Run([.. rules.Select(r => new Direction<R>(r))], Vector.G, w, _slots);
        var (ofW, ofU) = (_passes.Norms(w), _passes.Norms(Vector.G));
        _passes.Run([.. rules.Select((r, k) => new Trusted<R>(r, Trust(k)))], w, Vector.G, _slots);

        double Trust(int k) => _layers[k].Segment.Shape.Length > 1 && ofW[k] > 0 && ofU[k] > 0 ? rules[k].Trust(ofW[k], ofU[k]) : 1;
    }
}
