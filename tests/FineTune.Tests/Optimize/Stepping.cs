using FineTune.Optimize;
using FineTune.Optimize.Schedules;

namespace FineTune.Tests.Optimize;

/// <summary>Steps along a gradient that is the same wherever it is asked for.</summary>
internal static class Stepping
{
    /// <summary>A run long enough for any option.</summary>
    public static Horizon Horizon { get; } = new(100, 10, 8);

    /// <summary>One step.</summary>
    public static void Step(this Optimizer optimizer, double lr) => optimizer.Step(lr, () => 0);
}
