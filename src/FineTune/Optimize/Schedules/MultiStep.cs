namespace FineTune.Optimize.Schedules;

/// <summary>Times a factor at each milestone.</summary>
public static class MultiStep
{
    internal static ScheduleEntry Row { get; } = new(
        "multi-step",
        "multiplied by `by` at each milestone: by^(milestones reached)",
        [new("milestones", "[50%, 75%]", "increasing durations from the start, all before the end"), new("by", "0.1", "a factor, 0 to 1")],
        (o, horizon) =>
        {
            var milestones = o.Texts("milestones", ["50%", "75%"]).Select(m => horizon.ToStepsInside("schedule's milestone", m)).ToArray();
            if (milestones.Zip(milestones.Skip(1)).Any(p => p.First >= p.Second))
            {
                throw new FineTuneException($"The schedule's milestones are steps {string.Join(", ", milestones)} of {horizon.Steps}; "
                    + "each must be later than the one before.");
            }
            var by = o.Within("by", 0.1, 0, 1);
            return new Course(step => At(step, milestones, by));
        });

    /// <summary>by^n, n the milestones reached. With 50 and 75, by = 0.1: 1 at 0 and 49, 0.1 at 50 and 51, 0.01 at 75.</summary>
    /// <param name="step">t, from 0.</param>
    /// <param name="milestones">Steps, in order.</param>
    /// <param name="by">The factor, 0 to 1.</param>
    public static double At(long step, IReadOnlyList<long> milestones, double by) => Math.Pow(by, milestones.Count(m => step >= m));
}
