namespace FineTune.Optimize.Schedules;

/// <summary>A factor on the learning rate as a pure function of the step.</summary>
/// <param name="step">Steps already taken: 0 for the first one.</param>
public delegate double Schedule(long step);

/// <summary>What a schedule decides: the learning rate's factor, and for some the momentum and what is told after an epoch.</summary>
/// <param name="Lr">The factor on the learning rate, at least 0.</param>
public sealed record Course(Schedule Lr)
{
    /// <summary>
    /// The momentum of a step (beta1, where a rule has that in its place), or null where the rule keeps its own. A rule without
    /// either is not touched. Default: null throughout.
    /// </summary>
    public Func<long, double?> Momentum { get; init; } = _ => null;

    /// <summary>Lowers the factor further when validation stops getting better; null for most.</summary>
    public Plateau? Plateau { get; init; }

    /// <summary>
    /// The numbers of steps after which a cycle has reached its lowest factor, warm-up not counted: where snapshots are taken.
    /// Null (default) for schedules without cycles.
    /// </summary>
    public IReadOnlyList<long>? Ends { get; init; }

    /// <summary>Steps of the warm-up in front; 0 for none.</summary>
    public long Warmup { get; init; }

    /// <summary>The factor at a step of a run that stands at a state.</summary>
    /// <param name="step">Steps already taken.</param>
    /// <param name="plateau">What validation has said so far; null before the first epoch has ended.</param>
    public double Factor(long step, PlateauState? plateau) => Lr(step) * (Plateau is null ? 1 : plateau?.Factor ?? 1);

    /// <summary>The factor and the momentum of every step, as if validation never got better after the first epoch.</summary>
    /// <param name="horizon">How long the run is.</param>
    public IReadOnlyList<(double Factor, double? Momentum)> Sample(Horizon horizon)
    {
        var points = new List<(double, double?)>();
        PlateauState? state = null;
        for (var step = 0L; step < horizon.Steps; step++)
        {
            if (step > 0 && step % horizon.StepsPerEpoch == 0)
                state = Plateau?.After(state, 1);
            points.Add((Factor(step, state), Momentum(step)));
        }

        return points;
    }
}
