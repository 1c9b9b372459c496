using FineTune.Optimize;
using FineTune.Optimize.Schedules;

namespace FineTune.Tests.Optimize;

/// <summary>Steps of rules that look at a gradient once.</summary>
internal static class Stepping
{
    /// <summary>A run long enough for any option.</summary>
    public static Horizon Horizon { get; } = new(100, 10, 8);

    /// <summary>One step; the rule must not ask for the loss again.</summary>
    public static void Step(this Optimizer optimizer, double lr) => optimizer.Step(lr, () => throw new InvalidOperationException("This rule looks once."));
}
