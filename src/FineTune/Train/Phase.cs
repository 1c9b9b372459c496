using FineTune.Models;
using FineTune.Optimize;
using FineTune.Optimize.Schedules;
using FineTune.Transfer;

namespace FineTune.Train;

/// <summary>A part of a run with one freeze line, one rule and its learning rate. The rule's memory begins anew with it.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Count">Phases of the run.</param>
/// <param name="Trainable">What trains, as a recipe writes it.</param>
/// <param name="Line">Where learning starts.</param>
/// <param name="FirstEpoch">Its first epoch, from 0 for the run's first.</param>
/// <param name="Epochs">Its epochs.</param>
/// <param name="Optimizer">The update rule.</param>
/// <param name="LrScale">Factor on the rule's learning rate.</param>
/// <param name="Schedule">The learning-rate schedule.</param>
/// <param name="OwnSchedule">Whether the schedule goes over the phase; else over the whole run.</param>
/// <param name="TakesSnapshots">Whether snapshots are taken in it: in the last one, and in those that follow the same schedule.</param>
public sealed record Phase(
    int Index,
    int Count,
    string Trainable,
    FreezeLine Line,
    int FirstEpoch,
    int Epochs,
    NamedSpec Optimizer,
    double LrScale,
    NamedSpec Schedule,
    bool OwnSchedule,
    bool TakesSnapshots)
{
    /// <summary>Its learning rate at the schedule's full height.</summary>
    public double Lr => LrScale * Optimizers.Lr(Optimizer);

    /// <summary>Whether the run ends with it.</summary>
    public bool IsLast => Index == Count - 1;

    /// <summary>The epoch after its last.</summary>
    public int EndEpoch => FirstEpoch + Epochs;

    /// <summary>The epoch in which its schedule begins.</summary>
    public int ScheduleEpoch => OwnSchedule ? FirstEpoch : 0;

    /// <summary>How long it is.</summary>
    /// <param name="run">How long the run is.</param>
    public Horizon Within(Horizon run) => run with { Steps = run.StepsPerEpoch * Epochs };

    /// <summary>The phases of a recipe: one, those that it lists, or those of unfreezing stage by stage.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="network">Its network.</param>
    /// <exception cref="FineTuneException">A word that names no stage, or more epochs than the run has.</exception>
    public static IReadOnlyList<Phase> Of(Recipe recipe, Network network)
    {
        var options = recipe.Unfreeze > 0 ? Unfreezing(recipe, network) : recipe.Phases.Count > 0 ? recipe.Phases : [new PhaseOptions()];
        var left = recipe.Epochs - options.Sum(p => p.Epochs ?? 0);
        var phases = new List<Phase>();
        foreach (var p in options)
        {
            var trainable = p.Trainable ?? recipe.Trainable;
            phases.Add(new Phase(
                phases.Count,
                options.Count,
                trainable,
                FreezeLine.Parse(network, trainable, recipe.BatchNorm, recipe.Freeze),
                phases.Sum(before => before.Epochs),
                p.Epochs ?? left,
                p.Optimizer ?? recipe.Optimizer,
                p.LrScale,
                p.Schedule is { } own ? recipe.WithCycles(own) : recipe.EffectiveSchedule,
                p.Schedule is not null,
                phases.Count == options.Count - 1 || (p.Schedule is null && options[^1].Schedule is null)));
        }

        var idle = recipe.Freeze.FirstOrDefault(p => new NamePattern(p) is var pattern && !phases.Any(f => network
            .Stages.Skip(FreezeLine.Parse(network, f.Trainable).Stage)
            .SelectMany(s => s.NamedParameters())
            .Any(q => pattern.Matches(q.Name))));
        return idle is null
            ? phases
            : throw new FineTuneException($"The recipe's freeze has '{idle}', which matches no parameter that would train.");
    }

    /// <summary>
    /// After how many steps of the run each snapshot is taken: at the ends of the schedule's last cycles where it has so many, else at even
    /// distances; a warm-up is no part of the cycles. None where the phase takes none.
    /// </summary>
    /// <param name="recipe">Says how many.</param>
    /// <param name="course">The phase's.</param>
    /// <param name="perEpoch">Steps of an epoch.</param>
    /// <exception cref="FineTuneException">There are more snapshots than steps.</exception>
    public IReadOnlyList<long> SnapshotSteps(Recipe recipe, Course course, long perEpoch)
    {
        if (recipe.Snapshots == 0 || !TakesSnapshots)
            return [];
        var start = (perEpoch * ScheduleEpoch) + course.Warmup;
        var steps = course.Ends is { } ends && ends.Count >= recipe.Snapshots
            ? ends.TakeLast(recipe.Snapshots)
            : Cosine.SnapshotSteps((perEpoch * recipe.Epochs) - start, recipe.Snapshots);
        return [.. steps.Select(s => start + s)];
    }

    /// <summary>
    /// The head first, then a stage more each time, down to the recipe's line, which has the rest (Howard and Ruder 2018).
    /// </summary>
    private static List<PhaseOptions> Unfreezing(Recipe recipe, Network network)
    {
        var end = FreezeLine.Parse(network, recipe.Trainable).Stage;
        var lines = FreezeLine.LearningStages(network).Where(k => k >= end).OrderDescending().Select(k => network.Stages[k].Name).ToArray();
        var before = (lines.Length - 1) * recipe.Unfreeze;
        if (before >= recipe.Epochs)
        {
            throw new FineTuneException($"Unfreezing {lines.Length} stages, one every {recipe.Unfreeze} epochs, "
                + $"takes {before} epochs before all train, but the run has {recipe.Epochs}.");
        }
        return [.. lines.Select(
            (stage, k) => new PhaseOptions { Trainable = stage, Epochs = k < lines.Length - 1 ? recipe.Unfreeze : null })];
    }
}
