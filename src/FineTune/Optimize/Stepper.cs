using FineTune.Optimize.Lanes;
using FineTune.Optimize.Rules;

namespace FineTune.Optimize;

/// <summary>The rule's own text over doubles, with its memory.</summary>
internal sealed class Stepper<R>(int count, double weightDecay, Func<StepContext, R> rule) : IStepper
    where R : struct, IRule
{
    private readonly ScalarLane<double>[,] _memory = new ScalarLane<double>[count, 4];
    private long _t;

    public int Slots => R.Count;

    public void Step(Span<double> w, ReadOnlySpan<double> g, double lr)
    {
        var step = rule(new StepContext(lr, weightDecay, ++_t));
        for (var k = 0; k < count; k++)
        {
            var lane = new ScalarLane<double>(w[k]);
            step.Step(ref lane, new ScalarLane<double>(g[k]), ref _memory[k, 0], ref _memory[k, 1], ref _memory[k, 2], ref _memory[k, 3]);
            w[k] = lane.Value;
        }
    }
}
