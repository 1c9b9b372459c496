using FineTune.Optimize;
using FineTune.Optimize.Schedules;
using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>The optimizer and the schedule of each phase of a recipe.</summary>
internal static class PhaseRules
{
    /// <summary>Makes every phase's optimizer and schedule once: what cannot be is said before anything is trained.</summary>
    /// <param name="recipe">What to do.</param>
    /// <param name="phases">Its phases.</param>
    /// <param name="vector">The network's parameters.</param>
    /// <param name="perEpoch">Steps of an epoch.</param>
    public static void Check(Recipe recipe, IReadOnlyList<Phase> phases, ParameterVector vector, long perEpoch)
    {
        var run = RunOf(recipe, perEpoch);
        foreach (var phase in phases)
        {
            MicroBatch.Refuse(recipe, phase.Line);
            vector.Unfreeze(phase.Line.Stage, phase.Line.Frozen);
            RuleOf(recipe, phase, vector, run).Dispose();
            _ = phase.SnapshotSteps(recipe, CourseOf(phase, run), run.StepsPerEpoch);
        }
    }

    /// <summary>The length of a run in steps.</summary>
    public static Horizon RunOf(Recipe recipe, long perEpoch) => new(perEpoch * recipe.Epochs, perEpoch, recipe.Batch);

    /// <summary>The optimizer of a phase; the freeze line is drawn.</summary>
    public static Optimizer RuleOf(Recipe recipe, Phase phase, ParameterVector vector, Horizon run) =>
        Optimizers.Create(phase.Optimizer, vector, phase.Line.Network.Stages.Count - 1, phase.Within(run), recipe.Regularize.MaxNorm);

    /// <summary>The schedule of a phase.</summary>
    public static Course CourseOf(Phase phase, Horizon run) =>
        ScheduleTable.Create(phase.Schedule, phase.OwnSchedule ? phase.Within(run) : run);

    /// <summary>A sentence where snapshots are asked for and no schedule has cycles.</summary>
    public static IEnumerable<string> WithoutCycles(Recipe recipe, IReadOnlyList<Phase> phases, Horizon run)
    {
        if (recipe.Snapshots > 0 && phases.Any(p => p.TakesSnapshots && CourseOf(p, run).Ends is not { Count: > 0 }))
        {
            yield return $"The schedule {recipe.EffectiveSchedule.Name} has no cycles: the {recipe.Snapshots} snapshots are taken at even "
                + "distances, wherever the learning rate is by then; schedule=snapshot takes each at the end of a cycle.";
        }
    }
}
