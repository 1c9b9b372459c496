using FineTune.Train;

namespace FineTune.Experiment;

/// <summary>A recipe's phases as a list of maps.</summary>
internal static class RecipePhases
{
    private const string Trainable = "trainable", Epochs = "epochs", Optimizer = "optimizer", LrScale = "lr_scale", Schedule = "schedule";

    private static readonly OptionInfo[] Options =
        [.. new[] { Trainable, Epochs, Optimizer, LrScale, Schedule }.Select(k => new OptionInfo(k, string.Empty, string.Empty))];

    /// <summary>Reads the list.</summary>
    /// <param name="maps">One a phase.</param>
    /// <param name="schedule">Reads a schedule.</param>
    /// <exception cref="FineTuneException">An unknown key, or a value of the wrong kind.</exception>
    public static IReadOnlyList<PhaseOptions> Read(
        IReadOnlyList<IReadOnlyDictionary<string, object?>> maps,
        Func<object, NamedSpec> schedule) => [.. maps.Select((map, k) =>
    {
        var read = new OptionReader($"phase {k + 1}", Options, map);
        return new PhaseOptions
        {
            Trainable = read.Words(Trainable),
            Epochs = read.Words(Epochs) is null ? null : read.Integer(Epochs, 0),
            Optimizer = map.GetValueOrDefault(Optimizer) is { } optimizer ? NamedSpec.Parse(Optimizer, optimizer) : null,
            LrScale = read.Number(LrScale, 1),
            Schedule = map.GetValueOrDefault(Schedule) is { } given ? schedule(given) : null,
        };
    })];

    /// <summary>The list of a recipe, without what its phases leave out.</summary>
    /// <param name="phases">The phases.</param>
    /// <param name="plain">A spec as a map.</param>
    public static object Plain(IReadOnlyList<PhaseOptions> phases, Func<NamedSpec, object?> plain) =>
        phases.Select(p => (object?)new (string Key, object? Value)[]
        {
            (Trainable, p.Trainable),
            (Epochs, (long?)p.Epochs),
            (Optimizer, p.Optimizer is { } optimizer ? plain(optimizer) : null),
            (LrScale, p.LrScale == 1 ? null : p.LrScale),
            (Schedule, p.Schedule is { } schedule ? plain(schedule) : null),
        }.Where(e => e.Value is not null).ToDictionary(e => e.Key, e => e.Value)).ToList();
}
