using System.Globalization;
using FineTune.Train;
using FineTune.Transfer.Heads;
using static System.FormattableString;

namespace FineTune.Experiment;

/// <summary>Knows recipes whose steps are too few and too small for a new head: the tutorial's on a small dataset.</summary>
internal static class SlowHead
{
    private const double Enough = 5; // the sum of all learning rates, over 1 - momentum, of gradient descent with a new head

    /// <summary>A sentence where the head will hardly move; else nothing.</summary>
    /// <param name="parts">The first phase's.</param>
    /// <param name="phases">All of them.</param>
    public static IReadOnlyList<string> Notes(TrainerParts parts, IReadOnlyList<Phase> phases)
    {
        var recipe = parts.Recipe;
        if (recipe.Head.Init == HeadInit.Exact || phases.Any(p => p.Optimizer.Name != "sgd"))
            return [];
        var perEpoch = parts.Training.BatchesPerEpoch;
        var steps = perEpoch * (long)recipe.Epochs;
        var sum = phases.Sum(p => Sum(p, recipe, perEpoch));
        return sum >= Enough ? []
            :
            [
                Invariant($"{steps} {(steps == 1 ? "step" : "steps")} at a learning rate of {phases.Max(p => p.Lr):0.######} at most: ")
                    + "a new head will hardly move. Recipe auto, or a higher --lr, helps.",
            ];
    }

    private static double Sum(Phase phase, Recipe recipe, long perEpoch)
    {
        var given = phase.Optimizer.Options.GetValueOrDefault("momentum");
        var momentum = given is null ? 0 : Convert.ToDouble(given, CultureInfo.InvariantCulture);
        var course = PhaseRules.CourseOf(phase, PhaseRules.RunOf(recipe, perEpoch));
        var (from, to) = (phase.FirstEpoch * perEpoch, phase.EndEpoch * perEpoch);
        var (sum, enough) = (0.0, Enough * (1 - momentum));
        for (var step = from; step < to && sum < enough; step++)
            sum += phase.Lr * course.Factor(step - (phase.ScheduleEpoch * perEpoch), null);
        return sum / (1 - momentum);
    }
}
