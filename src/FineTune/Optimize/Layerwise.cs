using FineTune.Optimize.Lanes;
using FineTune.Optimize.Rules;

namespace FineTune.Optimize;

/// <summary>A rule of whole layers of the type <typeparamref name="R"/>, made anew for each step.</summary>
/// <param name="rule">The rule at a step.</param>
internal sealed class Layerwise<R>(Func<StepContext, R> rule) : IElementwise
    where R : struct, ILayerRule
{
    public Optimizer Optimizer(ParameterVector vector, IReadOnlyList<ParameterGroup> groups) =>
        new LayerwiseOptimizer<R>(vector, groups, rule);

    public IStepper Stepper(int count, double weightDecay) => new LayerStepper(rule, count, weightDecay);

    /// <summary>The rule's own text over doubles, which are one layer.</summary>
    private sealed class LayerStepper(Func<StepContext, R> rule, int count, double weightDecay) : IStepper
    {
        private readonly ScalarLane<double>[,] _memory = new ScalarLane<double>[count, 2];
        private long _t;

        public int Slots => R.Count;

        public void Step(Span<double> w, ReadOnlySpan<double> g, double lr)
        {
            var step = rule(new StepContext(lr, weightDecay, ++_t));
            var u = new ScalarLane<double>[count];
            var (ofW, ofU) = (0.0, 0.0);
            for (var k = 0; k < count; k++)
            {
                u[k] = step.Direction(new ScalarLane<double>(w[k]), new ScalarLane<double>(g[k]), ref _memory[k, 0], ref _memory[k, 1]);
                ofW += w[k] * w[k];
                ofU += u[k].Value * u[k].Value;
            }

            var trust = ofW > 0 && ofU > 0 ? step.Trust(Math.Sqrt(ofW), Math.Sqrt(ofU)) : 1;
            for (var k = 0; k < count; k++)
            {
                var lane = new ScalarLane<double>(w[k]);
                step.Step(ref lane, u[k], trust, ref _memory[k, 0], ref _memory[k, 1]);
                w[k] = lane.Value;
            }
        }
    }
}
