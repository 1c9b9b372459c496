using System.Text.Json.Nodes;

namespace FineTune.Train.Keys;

/// <summary>A recipe's phases: a list of maps.</summary>
/// <param name="optimizer">Their optimizers.</param>
internal sealed class PhasesKind(KeyKind<NamedSpec> optimizer) : KeyKind<IReadOnlyList<PhaseOptions>>
{
    private const string Trainable = "trainable", Epochs = "epochs", Optimizer = "optimizer", LrScale = "lr_scale", Schedule = "schedule";

    private static readonly OptionInfo[] Options =
        [.. new[] { Trainable, Epochs, Optimizer, LrScale, Schedule }.Select(k => new OptionInfo(k, string.Empty, string.Empty))];

    public override string Words => $"a list of maps, each with some of {string.Join(", ", Options.Select(o => o.Name))}";

    public override JsonObject Schema => new()
    {
        ["type"] = "array",
        ["items"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                [Trainable] = new JsonObject { ["type"] = "string" },
                [Epochs] = new JsonObject { ["type"] = "integer", ["minimum"] = 1 },
                [Optimizer] = optimizer.Schema,
                [LrScale] = new JsonObject { ["type"] = "number", ["minimum"] = 0 },
                [Schedule] = SpecKinds.Schedule.Schema,
            },
            ["additionalProperties"] = false,
        },
    };

    public override IReadOnlyList<PhaseOptions> Read(string key, object value)
    {
        var maps = new OptionReader("the recipe", [new(key, string.Empty, string.Empty)], new Dictionary<string, object?> { [key] = value })
            .Maps(key);
        return maps.Count == 0 ? [] : [.. maps.Select((map, k) =>
        {
            var read = new OptionReader($"phase {k + 1}", Options, map);
            return new PhaseOptions
            {
                Trainable = read.Words(Trainable),
                Epochs = read.Words(Epochs) is null ? null : read.Integer(Epochs, 0),
                Optimizer = map.GetValueOrDefault(Optimizer) is { } given ? optimizer.Read(Optimizer, given) : null,
                LrScale = read.Number(LrScale, 1),
                Schedule = map.GetValueOrDefault(Schedule) is { } course ? SpecKinds.Schedule.Read(Schedule, course) : null,
            };
        })];
    }

    /// <summary>The list, without what its phases leave out.</summary>
    public override object? Write(IReadOnlyList<PhaseOptions> value) => value.Select(p => (object?)new (string Key, object? Value)[]
    {
        (Trainable, p.Trainable),
        (Epochs, (long?)p.Epochs),
        (Optimizer, p.Optimizer is { } own ? optimizer.Write(own) : null),
        (LrScale, p.LrScale == 1 ? null : p.LrScale),
        (Schedule, SpecKinds.Schedule.Write(p.Schedule)),
    }.Where(e => e.Value is not null).ToDictionary(e => e.Key, e => e.Value)).ToList();

    public override string Show(IReadOnlyList<PhaseOptions> value) => value.Count == 0 ? string.Empty : OptionReader.Text(value.Count);

    public override void Check(string key, IReadOnlyList<PhaseOptions> value)
    {
        if (value.Any(p => p.Epochs is < 1))
            throw Refuse($"{key}' epochs", OptionReader.Text(value.Min(p => p.Epochs ?? 1)), "at least 1");
        if (value.Any(p => !(p.LrScale >= 0) || !double.IsFinite(p.LrScale)))
            throw Refuse($"{key}' lr_scale", OptionReader.Text(value.Min(p => p.LrScale)), "a number of at least 0");
    }
}
