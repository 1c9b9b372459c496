namespace FineTune.Optimize.Schedules;

/// <summary>Schedules one after another, each over a part of the run.</summary>
public static class Sequence
{
    private static readonly OptionInfo[] PartOptions =
        [new("schedule", string.Empty, string.Empty), new("for", string.Empty, string.Empty)];

    internal static ScheduleEntry Row { get; } = new(
        "sequence",
        "schedules one after another; `schedule:` may also be the list itself",
        [new("parts", "none", "a list of { schedule: ..., for: a duration }; the last one may leave out `for` and gets the rest")],
        (o, horizon) => Of([.. Read(o.Maps("parts"), horizon)], horizon))
    {
        Example = new NamedSpec("sequence").With("parts", new[]
        {
            new Dictionary<string, object?> { ["schedule"] = "constant", ["for"] = "30%" },
            new Dictionary<string, object?> { ["schedule"] = "cosine" },
        }),
    };

    /// <summary>The part that a step falls in, with steps counted from its start. The last goes on beyond its end.</summary>
    /// <param name="step">Steps already taken.</param>
    /// <param name="lengths">
    /// Steps of each part, at least 1. With 30 and 70: part 0 at 0 and 29, part 1 at 30 (its step 0) and 31 (its step 1).
    /// </param>
    public static (int Part, long Step) Locate(long step, IReadOnlyList<long> lengths)
    {
        var k = 0;
        for (; k < lengths.Count - 1 && step >= lengths[k]; k++)
            step -= lengths[k];
        return (k, step);
    }

    private static Course Of((long Steps, Course Course)[] parts, Horizon horizon)
    {
        var lengths = parts.Select(p => p.Steps).ToArray();
        if (parts.Length == 0)
            throw new FineTuneException("The schedule sequence has no parts; give a list of { schedule: ..., for: a duration }.");
        if (lengths.Sum() != horizon.Steps)
        {
            throw new FineTuneException($"The parts of the schedule sequence last {lengths.Sum()} steps, but there are {horizon.Steps}; "
                + "leave out the last `for` to fill the run.");
        }
        if (parts.Any(p => p.Course.Plateau is not null))
        {
            throw new FineTuneException(
                "The schedule plateau does not know when it ends and cannot be part of a sequence; give it alone, or with a warmup.");
        }
        return new Course(step => Locate(step, lengths) is var (k, t) ? parts[k].Course.Lr(t) : 0)
        {
            Momentum = step => Locate(step, lengths) is var (k, t) ? parts[k].Course.Momentum(t) : null,
        };
    }

    private static IEnumerable<(long Steps, Course Course)> Read(IReadOnlyList<IReadOnlyDictionary<string, object?>> maps, Horizon horizon)
    {
        var left = horizon.Steps;
        for (var k = 0; k < maps.Count; k++)
        {
            var read = new OptionReader("a part of the schedule sequence", PartOptions, maps[k]);
            if (!maps[k].TryGetValue("schedule", out var schedule) || schedule is null)
                throw new FineTuneException($"Part {k + 1} of the schedule sequence has no `schedule`.");
            if (read.Words("for") is null && k < maps.Count - 1)
                throw new FineTuneException($"Part {k + 1} of the schedule sequence has no `for`; only the last may have the rest.");
            var steps = read.Words("for") is { } text ? horizon.ToStepsWithin("`for` of a part of the schedule", text) : left;
            if (steps > left || steps < 1)
                throw new FineTuneException($"The parts of the schedule sequence are longer than its {horizon.Steps} steps.");
            left -= steps;
            yield return (steps, ScheduleTable.Create(NamedSpec.Parse("schedule", schedule), horizon with { Steps = steps }));
        }
    }
}
