using FineTune.Optimize;

namespace FineTune.Diagnose.Race;

/// <summary>The lecture's figure (cs231n, lecture 7): rules from one start over one surface.</summary>
public static class OptimizerRace
{
    private const string Newton = "newton";

    /// <summary>What can race: every rule of one weight at a time, and Newton's method.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Optimizers.Table.Where(e => e.Rule is not null).Select(e => e.Name), Newton];

    /// <summary>Lets each rule go its way. Equal arguments give equal bits.</summary>
    /// <param name="surface">Where.</param>
    /// <param name="rules">Who: a name of <see cref="Names"/>, its options, and lr where the default for the surface is not wanted.</param>
    /// <param name="options">How long.</param>
    /// <exception cref="FineTuneException">An unknown name or option, or a value out of range.</exception>
    public static IReadOnlyList<Track> Run(Surface surface, IReadOnlyList<NamedSpec> rules, RaceOptions options)
    {
        options.Validate();
        if (rules.Count == 0)
            throw new FineTuneException($"A race needs a rule: {string.Join(", ", Names)}.");
        return [.. rules.Select(r => Run(surface, r, options))];
    }

    private static Track Run(Surface surface, NamedSpec spec, RaceOptions options)
    {
        var (racer, lr) = Enter(surface, spec);
        List<Point> points = [surface.Start];
        for (var k = 0; k < options.Steps && !Track.IsLost(surface, points[^1]); k++)
            points.Add(racer.Next(points[^1], surface.Gradient(points[^1]) + Noise(surface, options.Seed, k), surface.Hessian));
        return new Track(spec.ToString(), lr, surface, points, options.Tolerance);
    }

    private static (IRacer Racer, double Lr) Enter(Surface surface, NamedSpec spec)
    {
        if (!Names.Contains(spec.Name))
            throw Nearest.Unknown("optimizer for a race", spec.Name, Names);
        if (spec.Name == Newton)
        {
            var rate = new OptionReader(Newton, [new("lr", "1", "part of the step that is taken, at least 0")], spec.Options)
                .Within("lr", 1, 0, double.PositiveInfinity);
            return (new NewtonRacer(rate), rate);
        }

        var lr = spec.Options.ContainsKey("lr") ? Optimizers.Lr(spec) : RaceRates.For(() => Optimizers.Stepper(spec, 1), surface);
        return (new RuleRacer(Optimizers.Stepper(spec, 2), lr), lr);
    }

    private static Point Noise(Surface surface, long seed, int step)
    {
        if (surface.Noise == 0)
            return default;
        var stream = new RandomKey(seed, 0, step, RandomUse.Diagnose).Stream();
        return surface.Noise * new Point(stream.NextNormal(), stream.NextNormal());
    }
}
