using FineTune.Models;
using FineTune.Train;
using FineTune.Train.Keys;

namespace FineTune.Experiment;

/// <summary>Whether a run may go on by a recipe: its own, or one that differs in length alone where the steps taken are the same.</summary>
internal static class ResumeCheck
{
    /// <summary>A recipe without what decides no weights, or may change when a run moves: what a checkpoint carries.</summary>
    public static Recipe Portable(Recipe recipe)
    {
        var hasTeacher = recipe.Distill.Teacher is not null;
        recipe = RecipeKeys.All.Where(k => k.Effect != KeyEffect.Weights).Aggregate(recipe, (r, key) => key.Reset(r));
        // what it said is in the run's folder
        return hasTeacher ? recipe with { Distill = recipe.Distill with { Teacher = "kept" } } : recipe;
    }

    /// <summary>The recipe that a checkpoint belongs to, where the run is to have another length; null where they are the same.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="recipe">By which it is to go on.</param>
    /// <param name="saved">The checkpoint.</param>
    /// <param name="lengthens">Whether another number of epochs was asked for.</param>
    /// <exception cref="FineTuneException">They differ in anything else.</exception>
    public static Recipe? Began(RunFolder folder, Recipe recipe, SavedState saved, bool lengthens)
    {
        if (saved.Recipe is not { } yaml)
            return null; // written before checkpoints had their recipe
        var began = RecipeFile.Parse(yaml, saved.Path);
        var differences = RecipeDifference.Between(began, Portable(recipe));
        var others = differences.Where(d => !lengthens || d.Key != "epochs").ToArray();
        if (others.Length > 0)
        {
            var length = others.Any(d => d.Key == "epochs")
                ? " (another number of epochs is asked for by --resume --set epochs=N)"
                : string.Empty;
            throw new FineTuneException(
                $"The recipe differs from the one that the run in '{folder.Path}' was trained by: "
                + $"{string.Join<RecipeDifference>(", ", others)}. "
                + $"Put that back to resume{length}, or start a new run from its weights (--weights {ShellWord.Quote(folder.Path)}).");
        }

        return differences.Count > 0 ? began : null;
    }

    /// <summary>Refuses another length where the steps that were taken would have been others with it; else says what it means.</summary>
    /// <param name="began">The recipe of the steps that were taken.</param>
    /// <param name="now">The same with another number of epochs.</param>
    /// <param name="network">The network.</param>
    /// <param name="perEpoch">Steps of an epoch.</param>
    /// <param name="state">Where the run stands.</param>
    /// <exception cref="FineTuneException">They would have been others, or are more than are asked for.</exception>
    public static IReadOnlyList<string> Lengthened(Recipe began, Recipe now, Network network, long perEpoch, TrainState state)
    {
        if (now.Epochs * perEpoch < state.Step)
        {
            throw new FineTuneException(
                $"The run has trained {state.Step} steps already, which is more than {now.Epochs} epochs of {perEpoch}.");
        }

        if (began.EarlyStopping.Ends(state.EarlyStop))
        {
            throw new FineTuneException(
                "Early stopping has ended the run; more epochs would not change that. Start a new run from its weights.");
        }

        var (before, after) = (Phase.Of(began, network), Phase.Of(now, network));
        for (var k = 0; k <= state.Phase; k++)
        {
            if (!SameSteps(began, now, before[k], after[k], perEpoch, state.Step))
            {
                throw new FineTuneException(
                    $"The schedule {before[k].Schedule} follows the length of the run, so in a run of {now.Epochs} epochs the "
                    + $"{state.Step} steps taken so far would have had other learning rates or snapshots; a run can be lengthened where "
                    + "the schedule does not depend on its length (constant, step, exponential, plateau ...). "
                    + "Start a new run from its weights.");
            }
        }

        return
        [
            $"The run goes on to {now.Epochs} epochs in place of {began.Epochs}: its schedule does not depend on the length so far, "
            + $"so the result is that of a run of {now.Epochs} epochs.",
        ];
    }

    /// <summary>Whether the steps of a phase that were taken are the same in both.</summary>
    private static bool SameSteps(Recipe began, Recipe now, Phase before, Phase after, long perEpoch, long steps)
    {
        if (before.FirstEpoch != after.FirstEpoch || (before.EndEpoch != after.EndEpoch && before.EndEpoch * perEpoch < steps))
            return false;
        var a = PhaseRules.CourseOf(before, PhaseRules.RunOf(began, perEpoch));
        var b = PhaseRules.CourseOf(after, PhaseRules.RunOf(now, perEpoch));
        var start = before.ScheduleEpoch * perEpoch;
        var (from, to) = ((before.FirstEpoch * perEpoch) - start, Math.Min(steps, before.EndEpoch * perEpoch) - start);
        for (var step = from; step < to; step++)
        {
            if (a.Lr(step) != b.Lr(step) || a.Momentum(step) != b.Momentum(step))
                return false;
        }

        return Taken(before.SnapshotSteps(began, a, perEpoch)).SequenceEqual(Taken(after.SnapshotSteps(now, b, perEpoch)));

        IEnumerable<long> Taken(IReadOnlyList<long> snapshots) => snapshots.Where(s => s <= steps);
    }
}
