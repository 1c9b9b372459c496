namespace FineTune.Optimize.Schedules;

/// <summary>The learning rate as it stands, or a part of it.</summary>
public static class Constant
{
    internal static ScheduleEntry Row { get; } = new(
        "constant",
        "constant",
        [new("at", "1", "the factor, at least 0")],
        (o, _) =>
        {
            var at = o.Within("at", 1, 0, double.PositiveInfinity);
            return new Course(_ => at);
        });
}
