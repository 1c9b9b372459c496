using FineTune.Optimize.Rules;

namespace FineTune.Optimize;

/// <summary>A rule of the type <typeparamref name="R"/>, made anew for each step.</summary>
/// <param name="rule">The rule at a step.</param>
internal sealed class Elementwise<R>(Func<StepContext, R> rule) : IElementwise
    where R : struct, IRule
{
    public Optimizer Optimizer(ParameterVector vector, IReadOnlyList<ParameterGroup> groups) =>
        new ElementwiseOptimizer<R>(vector, groups, rule);

    public IStepper Stepper(int count, double weightDecay) => new Stepper<R>(count, weightDecay, rule);
}
